"""Figures."""

from drf_spectacular.utils import extend_schema
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from redcross.accounts.rules import home_branch
from redcross.api import serializers
from redcross.api.views.base import ERROR_RESPONSES, current_user, parse_branch, query_params
from redcross.indicators.disclosure.disclosure_control import ApiClient
from redcross.indicators.query.query_params import may_read_figures
from redcross.indicators.query.resolve import answer_questions
from redcross.indicators.query.serialize import UnknownWordError, parse_questions, serialize_figure
from redcross.periods import UnknownPeriodError


class FigureList(APIView):
    """Figures, with the parameters of `manage.py indicators`."""

    @extend_schema(
        parameters=[serializers.FigureParameters],
        responses={200: serializers.FigureOut(many=True), **ERROR_RESPONSES},
    )
    def get(self, request: Request) -> Response:
        """Return one line for each requested figure."""
        query = query_params(request, serializers.FigureParameters)
        home = home_branch(current_user(request))
        code = query.get("branch") or (home.code if home else "")
        branch = parse_branch(code) if code else None
        if branch is None or not may_read_figures(current_user(request), branch):
            raise exceptions.PermissionDenied
        try:
            questions = parse_questions(
                [key for key in query.get("keys", "").split(",") if key],
                period=query["period"],
                branch=branch.code,
                own=query["own"],
                units=query.get("units", ""),
                by=query.get("by", ""),
                category=query.get("category"),
            )
        except (UnknownWordError, UnknownPeriodError) as error:
            raise exceptions.ValidationError(str(error)) from None
        answers = answer_questions(*questions, reader=ApiClient(current_user(request)))
        return Response([serialize_figure(figure) for lines in answers for figure in lines])
