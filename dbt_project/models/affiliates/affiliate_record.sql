-- 关联企业不良记录 Records of an enterprise that its affiliates answer for in H0601, one row per indicator and record.
-- Source: C01 (c01_revocations, c01_base), C04, C05, C06, C10. A view: H0601 counts these rows, h0601_evidence shows
-- them.
-- H060101 serious-dishonesty listings (any list of C05), H060102 abnormal listings: listed in the window, or standing
--         however old. H060103 penalties decided in the window, as H040301 counts them (is_counted_penalty). None of
--         them if repaired (信用修复) by the end of the month, nor a listing taken back as an error.
-- H060104 licences revoked in the window: such an enterprise is no longer in the spine.  H060105 enterprises that are
--         court defaulters on the last day of the month.
-- head_id: the legal representative by whom the enterprise is bound to others; of a revoked one, who headed it then, or
--         else the one of its registration record.
{{ config(materialized="plain_view", database="memory", schema="staging", contract={"enforced": false}) }}
with spine as (
    select
        enterprise_id,
        legal_rep_id
    from {{ ref("enterprise") }}
    where month = {{ month() }}
)

select
    listing.enterprise_id,
    spine.legal_rep_id as head_id,
    {{
        evidence(
            "H060101",
            "c05_serious_lists",
            "listing",
            event_on="listing.listed_on",
            stops_in=stops_unless_in_force("listing", "listing.listed_on", "H060101"),
            about_id="listing.enterprise_id",
            repaired=true,
            review=true,
        )
    }}
from {{ ref("stg_c05_serious_lists") }} as listing
inner join spine on listing.enterprise_id = spine.enterprise_id
where
    {{ is_standing_or_recent("listing", "H060101") }}
    and listing.repaired_on is null
union all
select
    listing.enterprise_id,
    spine.legal_rep_id as head_id,
    {{
        evidence(
            "H060102",
            "c04_abnormal_list",
            "listing",
            event_on="listing.listed_on",
            stops_in=stops_unless_in_force("listing", "listing.listed_on", "H060102"),
            about_id="listing.enterprise_id",
            repaired=true,
            review=true,
        )
    }}
from {{ ref("stg_c04_abnormal_list") }} as listing
inner join spine on listing.enterprise_id = spine.enterprise_id
where
    {{ is_standing_or_recent("listing", "H060102") }}
    and not {{ is_taken_back("listing") }}
    and not {{ is_repaired_listing("listing") }}
union all
select
    penalty.enterprise_id,
    spine.legal_rep_id as head_id,
    {{
        evidence(
            "H060103",
            "c06_penalties",
            "penalty",
            event_on="penalty.decided_on",
            stops_in="window",
            about_id="penalty.enterprise_id",
            repaired=true,
            review=true,
        )
    }}
from {{ ref("stg_c06_penalties") }} as penalty
inner join spine on penalty.enterprise_id = spine.enterprise_id
where
    penalty.decided_on > {{ window_start("H060103") }}
    and penalty.decided_on <= {{ month_end() }}
    and {{ is_counted_penalty("penalty") }}
    and penalty.repaired_on is null
union all
select
    revocation.enterprise_id,
    coalesce(revocation.legal_rep_id, base.legal_rep_id) as head_id,
    {{
        evidence(
            "H060104",
            "c01_revocations",
            "revocation",
            event_on="revocation.revoked_on",
            stops_in="window",
            about_id="revocation.enterprise_id",
        )
    }}
from {{ ref("stg_c01_revocations") }} as revocation
left join {{ ref("stg_c01_base") }} as base on revocation.enterprise_id = base.enterprise_id
where
    revocation.revoked_on > {{ window_start("H060104") }}
    and revocation.revoked_on <= {{ month_end() }}
union all
select
    defaulter.enterprise_id,
    spine.legal_rep_id as head_id,
    {{
        evidence(
            "H060105",
            "c10_defaulters",
            "defaulter",
            event_on="defaulter.published_on",
            about_id="defaulter.enterprise_id",
            review=true,
        )
    }}
from {{ ref("stg_c10_defaulters") }} as defaulter
inner join spine on defaulter.enterprise_id = spine.enterprise_id
where {{ is_on_defaulter_list("defaulter", "1") }}
