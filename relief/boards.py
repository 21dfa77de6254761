"""The board of aid and disaster response."""

from redcross.dashboards.boards import Board, register

register(
    Board(
        key="relief",
        title="人道救助",
        cards=(
            "relief.beneficiary_times",
            "relief.programme_resources",
            "relief.medical_aid_times",
            "relief.projects_implemented",
            "relief.special_funds_secured",
            "relief.responder_times",
            "relief.dispatched_times",
            "relief.volunteers_engaged",
            "relief.stock_value",
            "relief.teams",
        ),
        main="relief.beneficiary_times",
        columns=("relief.medical_aid_times", "relief.projects_implemented", "relief.teams"),
        breakdowns=(
            ("relief.programme_resources", "edition+funding_source"),
            ("relief.medical_aid_times", "disease"),
            ("relief.projects_implemented", "programme"),
            ("relief.responder_times", "event"),
            ("relief.teams", "team_kind"),
        ),
    )
)
