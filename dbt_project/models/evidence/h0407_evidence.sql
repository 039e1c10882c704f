-- noqa: disable=LT02
-- H0407 检查记录 Inspection record: the visits behind its indicators, each by its newest item, and the base record of the
-- enterprise, which stands where it was never visited.
-- H040701: the last visit. H040702, H040703: every visit of the window.
-- depends_on: {{ ref("stg_c07_spot_checks") }}
{%- set codes = ["H040701", "H040702", "H040703"] | select("in", fromjson(env_var("ECR_WINDOWS", "{}"))) | list %}
{%- if codes %}
with
{%- for code in codes %}
visits_{{ code | lower }} as (
    {{ visits_since(window_start(code)) }}
),

last_{{ code | lower }} as (
    select
        *,
        row_number() over (partition by enterprise_id order by checked_on desc, task_id desc) as newest
    from visits_{{ code | lower }}
){{ "," if not loop.last }}
{% endfor %}

{%- for code in codes %}
{{ "union all" if not loop.first }}
select
    visit.enterprise_id,
    {{ evidence(code, "c07_spot_checks", "visit", event_on="visit.checked_on", stops_in="window", review=true) }}
from last_{{ code | lower }} as visit
where {{ "visit.newest = 1" if code == "H040701" else "true" }}
union all
select
    base.enterprise_id,
    {{ evidence(code, "c01_base", "base", event_on="base.approved_on") }}
from {{ ref("stg_c01_base") }} as base
{%- endfor %}
{%- else %}
select
    base.enterprise_id,
    {{ evidence("H040701", "c01_base", "base", event_on="base.approved_on") }}
from {{ ref("stg_c01_base") }} as base
where false
{%- endif %}
