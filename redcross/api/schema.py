"""Extensions of the OpenAPI schema: tokens, and exact descriptions of inputs."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

_WITHOUT_NUL = r"^[^\u0000]*$"
"""PostgreSQL accepts no NUL in a text."""


def tighten_schema(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Describe what inputs are refused: unknown properties, and NUL in texts."""
    schemas = result["components"]["schemas"]
    bodies = {
        name.rpartition("/")[2]
        for path in result["paths"].values()
        for operation in path.values()
        for kind in operation.get("requestBody", {}).get("content", {}).values()
        if (name := kind["schema"].get("$ref", ""))
    }
    request_bodies = [schemas[name] for name in sorted(bodies)]
    for body in request_bodies:
        body["additionalProperties"] = False
    texts = [item for body in request_bodies for item in body["properties"].values()]
    texts += [
        parameter["schema"]
        for path in result["paths"].values()
        for operation in path.values()
        for parameter in operation.get("parameters", [])
    ]
    for text in texts:
        if text.get("type") == "string" and not text.keys() & {"enum", "format", "pattern"}:
            text["pattern"] = _WITHOUT_NUL
    return result


class TokenScheme(OpenApiAuthenticationExtension):
    """Describes the authentication by token."""

    target_class = "redcross.api.access.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}
