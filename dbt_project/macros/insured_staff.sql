{#- What the indicators of insured staff (H070201, H070204) and their evidence share. -#}

{#- Three CTEs, the last of them `insured_counts`: insured staff (参保人数) per enterprise and month, from the newest month of the
    feed, months_back 0, to `back` months before it. Months are counted from the feed's newest one, so that the feed's own
    lag plays no part.
    of   a relation with the enterprises that are asked for; without it all of them. The newest month is that of the feed
         in any case. -#}
{% macro insured_counts(back, of=none) -%}
counted_months as (
    select distinct insured_month
    from {{ ref("stg_c13_insured_staff") }}
    where {{ _is_recent_count(back) }}
),

-- Months are few, counts are many: how far back a month lies is told once for each.
months_counted_back as (
    select
        month_counted.insured_month,
        newest.month_no - {{ insured_month_no("month_counted.insured_month") }} as months_back
    from counted_months as month_counted
    cross join (select max({{ insured_month_no("insured_month") }}) as month_no from counted_months) as newest
),

insured_counts as (
    select
        staff.enterprise_id,
        staff.record_id,
        staff.record_key,
        staff.received_month,
        staff.counted_on,
        staff.insured_staff,
        months_counted_back.months_back
    from {{ ref("stg_c13_insured_staff") }} as staff
    inner join months_counted_back on staff.insured_month = months_counted_back.insured_month
    where
        {{ _is_recent_count(back, "staff") }}
        and months_counted_back.months_back <= {{ back }}
        {%- if of %}
        and staff.enterprise_id in (select {{ of }}.enterprise_id from {{ of }})
        {%- endif %}
)
{%- endmacro %}

{#- Months since the year 0 of a month written YYYY-MM. -#}
{% macro insured_month_no(insured_month) -%}
    (cast(substr({{ insured_month }}, 1, 4) as integer) * 12 + cast(substr({{ insured_month }}, 6, 2) as integer))
{%- endmacro %}

{#- Half a year more than is counted, for the lag of the feed; no further back, because the feed is long. -#}
{% macro _is_recent_count(back, staff=none) -%}
{%- set of = staff ~ "." if staff else "" -%}
    {{ of }}insured_month <= {{ month() }}
        and {{ of }}insured_month > cast({{ month_end(-6 - back) }} as varchar)
        and {{ of }}counted_on <= {{ month_end() }}
{%- endmacro %}
