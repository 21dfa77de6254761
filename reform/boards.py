"""The board of reform and organisation."""

from redcross.dashboards.boards import Board, register

register(
    Board(
        key="reform",
        title="改革与组织",
        cards=(
            "reform.party_leader_in_charge",
            "reform.service_windows",
            "reform.grassroots_units_new",
            "reform.members_new",
            "reform.key_tasks_on_time",
            "reform.volunteers_new",
            "reform.problems_solved",
        ),
        main="reform.grassroots_units_new",
        columns=(
            "reform.members_new",
            "reform.party_leader_in_charge",
            "reform.service_windows",
        ),
        breakdowns=(
            ("reform.grassroots_units_new", "kind"),
            ("reform.body_nature", "words"),
            ("reform.staff_nature", "words"),
        ),
    )
)
