-- noqa: disable=LT02
-- H0202 登记异常特征 Abnormal registration patterns: the records behind its indicators. Source: C01 (c01_base,
-- c01_false_registrations), affiliate_hub.
-- H020201, H020202: the enterprise's own base record, which names the address and the legal representative, and
--         those of the 20 last approved others at the hub, about_id the other. They are chosen at the hub before they
--         are handed out: n enterprises there cost 20 n rows. Nothing is shown of an approved cluster address,
--         nor of an enterprise without points.
-- H020203: the cases of the worst standing inside the window.
{%- set most = 20 %}
with hubs as (
    select
        enterprise_id,
        case bond when 'address' then 'H020201' else 'H020202' end as code,
        hub_id
    from {{ ref("affiliate_hub") }}
    where not coalesce(exempt, false)
),

pointed as (
    {{ pointed(["H020201", "H020202"]) }}
),

-- n enterprises at a hub would see 20 n others, of which those with points are few
seeing as (
    select
        hubs.enterprise_id,
        hubs.code,
        hubs.hub_id
    from hubs
    inner join pointed
        on
            hubs.enterprise_id = pointed.enterprise_id
            and hubs.code = pointed.code
),

crowded as (
    select
        hubs.code,
        hubs.hub_id,
        base.*,
        row_number() over (
            partition by hubs.code, hubs.hub_id order by base.approved_on desc, base.enterprise_id asc
        ) as place
    from hubs
    inner join {{ ref("stg_c01_base") }} as base on hubs.enterprise_id = base.enterprise_id
    where hubs.hub_id in (select seeing.hub_id from seeing)
),

-- one more than is shown: nobody is shown to itself as another
others as (
    select
        *,
        enterprise_id as other_id
    from crowded
    where place <= {{ most + 1 }}
),

-- who is itself among the first sees one place further, so that everybody is shown as many
seen as (
    select
        seeing.enterprise_id as seen_by,
        seeing.code,
        others.other_id,
        others.approved_on,
        others.received_month,
        others.record_id,
        others.record_key
    from seeing
    inner join others
        on
            seeing.code = others.code
            and seeing.hub_id = others.hub_id
    left join others as own
        on
            seeing.code = own.code
            and seeing.enterprise_id = own.other_id
            and own.place <= {{ most }}
    where
        seeing.enterprise_id <> others.other_id
        and (others.place <= {{ most }} or own.other_id is not null)
),

decided as (
    select
        enterprise_id,
        h020201,
        h020202,
        h020203
    from {{ ref("h0202_abnormal_registration") }}
    where month = {{ month() }}
),

shared as (
    select
        pointed.enterprise_id,
        pointed.code
    from pointed
    inner join decided on pointed.enterprise_id = decided.enterprise_id
    where case pointed.code when 'H020201' then decided.h020201 else decided.h020202 end > 0
),

false_case as (
    {{ false_registrations() }}
)
{%- for code in ["H020201", "H020202"] %}
{{ "union all" if not loop.first }}
select
    base.enterprise_id,
    {{ evidence(code, "c01_base", "base", event_on="base.approved_on") }}
from {{ ref("stg_c01_base") }} as base
where
    base.enterprise_id in (
        select shared.enterprise_id
        from shared
        where shared.code = '{{ code }}'
    )
union all
select
    seen.seen_by as enterprise_id,
    {{ evidence(code, "c01_base", "seen", event_on="seen.approved_on", about_id="seen.other_id") }}
from seen
where seen.code = '{{ code }}'
{%- endfor %}
union all
select
    false_case.enterprise_id,
    {{ evidence(
        "H020203",
        "c01_false_registrations",
        "false_case",
        event_on="false_case.event_on",
        stops_in="window",
        review=true,
    ) }}
from false_case
inner join decided on false_case.enterprise_id = decided.enterprise_id
where false_case.standing = decided.h020203
