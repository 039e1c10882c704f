-- noqa: disable=LT02
-- H0603 关联场所 Related premises: the visits to others of the same head and at the same address, about_id the other; of
-- each hub the newest 20. And the base record of the enterprise, which names head and address.
-- depends_on: {{ ref("stg_c07_spot_checks") }}
-- depends_on: {{ ref("affiliate_hub") }}
{%- set codes = [
    "H060301", "H060302", "H060303", "H060304", "H060305"
] | select("in", fromjson(env_var("ECR_WINDOWS", "{}"))) | list %}
{%- if codes %}
with visits as (
    {{ visits_since(window_start("H060302")) }}
),

placed as (
    select
        visits.*,
        hub.bond,
        hub.hub_id,
        row_number() over (
            partition by hub.bond, hub.hub_id order by visits.checked_on desc, visits.record_id desc
        ) as place
    from visits
    inner join {{ ref("affiliate_hub") }} as hub on visits.enterprise_id = hub.enterprise_id
),

others as (
    select
        member.enterprise_id as member_id,
        placed.*
    from placed
    inner join {{ ref("affiliate_hub") }} as member
        on
            placed.bond = member.bond
            and placed.hub_id = member.hub_id
            and placed.enterprise_id <> member.enterprise_id
    where placed.place <= 20
)

{%- for code in codes %}
{{ "union all" if not loop.first }}
select
    base.enterprise_id,
    {{ evidence(code, "c01_base", "base", event_on="base.approved_on") }}
from {{ ref("stg_c01_base") }} as base
{%- if code != "H060301" %}
union all
select
    visit.member_id as enterprise_id,
    {{ evidence(
        code, "c07_spot_checks", "visit", event_on="visit.checked_on", stops_in="window", review=true,
        about_id="visit.enterprise_id"
    ) }}
from others as visit
where visit.bond = '{{ "head" if code < "H060304" else "address" }}'
{%- endif %}
{%- endfor %}
{%- else %}
select
    base.enterprise_id,
    {{ evidence("H060301", "c01_base", "base", event_on="base.approved_on") }}
from {{ ref("stg_c01_base") }} as base
where false
{%- endif %}
