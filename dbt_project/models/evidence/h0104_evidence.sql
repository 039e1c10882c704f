-- noqa: disable=LT02
-- H0104 经营场所 Premises: the entry of the register that decides, and the base record of the premises, which stands where
-- there is no entry.
-- depends_on: {{ ref("stg_c15_food_operators") }}
{%- set codes = ["H010401", "H010402"] | select("in", fromjson(env_var("ECR_WINDOWS", "{}"))) | list %}
{%- if codes %}
with entry as (
    select
        *,
        row_number() over (partition by enterprise_id order by valid_from desc, record_id desc) as newest
    from {{ ref("stg_c15_food_operators") }}
    where valid_from <= {{ month_end() }}
)

{% for code in codes %}
{{ "union all" if not loop.first }}
select
    entry.enterprise_id,
    {{ evidence(code, "c15_food_operators", "entry", event_on="entry.valid_from") }}
from entry
where entry.newest = 1
union all
select
    base.enterprise_id,
    {{ evidence(code, "c01_base", "base", event_on="base.approved_on") }}
from {{ ref("stg_c01_base") }} as base
{% endfor %}
{%- else %}
select
    base.enterprise_id,
    {{ evidence("H010401", "c01_base", "base", event_on="base.approved_on") }}
from {{ ref("stg_c01_base") }} as base
where false
{%- endif %}
