{#- Indicators that only some jurisdictions, or only candidates of a catalogue, use: their models are there for all, and cost
    those who do not use them a column of nulls. -#}

{#- Whether any catalogue version that may say something about the month knows the indicator. -#}
{% macro is_measured(indicator) -%}
    {{ return(indicator in fromjson(env_var("ECR_WINDOWS", "{}"))) }}
{%- endmacro %}

{#- Visits (检查) and what they found, one row each, as a query: enterprise_id, task_id, checked_on, record_id, record_key,
    received_month and review_since of its newest row, what its items came to together (outcome, critical, minor). A visit
    is a task, whatever its number of items. Visits after `since` and up to the end of the month.
    outcome   pending, if any item waits for a follow-up; else corrected, other or nothing
    critical  1 if any item has critical findings, 0 if counted and none; null where they are not counted
    minor     minor findings of all items; null where they are not counted -#}
{% macro visits_since(since) -%}
    select
        enterprise_id,
        task_id,
        max(checked_on) as checked_on,
        max_by(record_id, (checked_on, record_id)) as record_id,
        max_by(record_key, (checked_on, record_id)) as record_key,
        max_by(received_month, (checked_on, record_id)) as received_month,
        max(review_since) as review_since,
        case
            when bool_or(result = '8') then 'pending'
            when bool_or(result = '5') then 'corrected'
            when bool_or(result not in ('1', '7')) then 'other'
            else 'nothing'
        end as outcome,
        max(case when critical_findings > 0 then 1 when critical_findings is not null then 0 end) as critical,
        sum(minor_findings) as minor
    from {{ ref("stg_c07_spot_checks") }}
    where
        checked_on <= {{ month_end() }}
        and checked_on > {{ since }}
    group by enterprise_id, task_id
{%- endmacro %}

{#- A mean that few observations do not throw about: `prior_checks` imagined visits at the mean `prior` are added (empirical
    Bayes), so that an enterprise without visits has the prior itself. -#}
{% macro shrunk(total, visits, prior, prior_checks) -%}
    round(
        (coalesce({{ total }}, 0) + {{ prior_checks }} * {{ prior }})
        / (coalesce({{ visits }}, 0) + cast({{ prior_checks }} as double)),
        4
    )
{%- endmacro %}
