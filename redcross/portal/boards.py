"""The board that covers all domains."""

from redcross.dashboards.boards import Block, Board, register

register(
    Board(
        key="overview",
        title="领导驾驶舱",
        cards=(
            "donations.raised",
            "training.first_aiders_trained",
            "donors.stem_cell_donations",
            "donors.organ_donations",
            "relief.beneficiary_times",
            "reform.members_new",
        ),
        blocks=(
            Block(
                "三救",
                (
                    "training.popularised_times",
                    "training.valid_certificates",
                    "relief.responder_times",
                    "relief.medical_aid_times",
                    "relief.projects_implemented",
                    "relief.special_funds_secured",
                ),
                board="relief",
            ),
            Block(
                "三献",
                (
                    "donors.stem_cell_registered",
                    "donors.organ_wishes",
                    "donors.organ_recipients",
                    "donors.organ_donations_total",
                ),
                board="donors",
            ),
            Block(
                "筹资",
                (
                    "donations.received_for_event",
                    "donations.campaign_raised",
                    "donations.branches_raised",
                    "donations.allocated",
                ),
                board="donations",
            ),
            Block(
                "组织",
                (
                    "reform.grassroots_units_new",
                    "reform.party_leader_in_charge",
                    "reform.service_windows",
                    "reform.key_tasks_on_time",
                ),
                board="reform",
            ),
        ),
        main="donations.raised",
        columns=(
            "training.first_aiders_trained",
            "relief.beneficiary_times",
            "reform.members_new",
        ),
        breakdowns=(
            ("donations.raised", "form"),
            ("donations.received_for_event", "campaign"),
            ("donations.campaign_raised", "campaign"),
            ("donations.national_rank", "campaign"),
        ),
    )
)
