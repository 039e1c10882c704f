-- noqa: disable=LT02,ST11
-- H0407 检查记录 Inspection record: what visits found, however they were chosen. Source: C07 (c07_spot_checks).
-- H040701 最近一次检查结果: last visit in the window: never, nothing, other, corrected or pending.
-- H040702 严重问题检查率: share of visits with a critical finding, shrunk; a visit weighs `decay` times as much with every
--         `decay_every` months of age.
-- H040703 平均一般问题数: minor findings per visit, shrunk and weighted likewise.
-- Never visited is known, not unknown: never, and the prior of the rates. Null while the feed is not fresh, or where no
-- catalogue knows the indicator.
-- depends_on: {{ ref("stg_c07_spot_checks") }}
{%- set codes = ["H040701", "H040702", "H040703"] %}
{%- set measured = codes | select("in", fromjson(env_var("ECR_WINDOWS", "{}"))) | list %}
with
{%- if measured %}
visits as (
    {{ visits_since(
        "least(" ~ window_start("H040701") ~ ", " ~ window_start("H040702") ~ ", " ~ window_start("H040703") ~ ")"
    ) }}
),

weighed as (
    select
        *,
        {{ decayed_weight("checked_on", parameter("H040702", "decay"), parameter("H040702", "decay_every")) }}
            as critical_weight,
        {{ decayed_weight("checked_on", parameter("H040703", "decay"), parameter("H040703", "decay_every")) }}
            as minor_weight
    from visits
),

counted as (
    select
        enterprise_id,
        max_by(outcome, (checked_on, task_id)) filter (where checked_on > {{ window_start("H040701") }})
            as last_outcome,
        sum(critical_weight * critical) filter (where checked_on > {{ window_start("H040702") }}) as critical,
        sum(critical_weight) filter (where critical is not null and checked_on > {{ window_start("H040702") }})
            as critical_visits,
        sum(minor_weight * minor) filter (where checked_on > {{ window_start("H040703") }}) as minor,
        sum(minor_weight) filter (where minor is not null and checked_on > {{ window_start("H040703") }})
            as minor_visits
    from weighed
    group by enterprise_id
)
{%- else %}
counted as (
    select cast(null as varchar) as enterprise_id
)
{%- endif %}

select
    cast({{ month() }} as varchar) as month,  -- noqa: RF04
    enterprise.enterprise_id,
{%- if measured %}
    case when {{ fresh("c07_spot_checks") }} then coalesce(counted.last_outcome, 'never') end as h040701,
    case
        when {{ fresh("c07_spot_checks") }}
            then
                cast(
                    {{ shrunk(
                        "counted.critical", "counted.critical_visits",
                        parameter("H040702", "prior"), parameter("H040702", "prior_checks")
                    ) }} as double
                )
    end as h040702,
    case
        when {{ fresh("c07_spot_checks") }}
            then
                cast(
                    {{ shrunk(
                        "counted.minor", "counted.minor_visits",
                        parameter("H040703", "prior"), parameter("H040703", "prior_checks")
                    ) }} as double
                )
    end as h040703
{%- else %}
    cast(null as varchar) as h040701,
    cast(null as double) as h040702,
    cast(null as double) as h040703
{%- endif %}
from {{ ref("enterprise") }} as enterprise
left join counted on enterprise.enterprise_id = counted.enterprise_id
where enterprise.month = {{ month() }}
