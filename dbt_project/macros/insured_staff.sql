{#- What the indicators of insured staff (H070201, H070204) and their evidence share. -#}

{#- Three CTEs, the last of them `insured_counts`: insured staff (参保人数) per enterprise and month, from the newest month of the
    feed, months_back 0, to `back` months before it. Months are counted from the feed's newest one, so that the feed's own
    lag plays no part.
    of   a relation with the enterprises that are asked for; without it all of them. The newest month is that of the feed
         in any case. -#}
{% macro insured_counts(back, of=none) -%}
newest as (
    select {{ insured_month_no("max(insured_month)") }} as month_no
    from {{ ref("stg_c13_insured_staff") }}
    where {{ _is_recent_count(back) }}
),

staff as (
    select
        enterprise_id,
        record_id,
        record_key,
        received_month,
        counted_on,
        {{ insured_month_no("insured_month") }} as month_no,
        insured_staff
    from {{ ref("stg_c13_insured_staff") }}
    where
        {{ _is_recent_count(back) }}
        {%- if of %}
        and enterprise_id in (select {{ of }}.enterprise_id from {{ of }})
        {%- endif %}
),

insured_counts as (
    select
        staff.*,
        newest.month_no - staff.month_no as months_back
    from staff
    cross join newest
    where staff.month_no >= newest.month_no - {{ back }}
)
{%- endmacro %}

{#- Months since the year 0 of a month written YYYY-MM. -#}
{% macro insured_month_no(insured_month) -%}
    cast(substr({{ insured_month }}, 1, 4) as integer) * 12 + cast(substr({{ insured_month }}, 6, 2) as integer)
{%- endmacro %}

{#- Half a year more than is counted, for the lag of the feed; no further back, because the feed is long. -#}
{% macro _is_recent_count(back) -%}
    insured_month <= {{ month() }}
        and insured_month > cast({{ month_end(-6 - back) }} as varchar)
        and counted_on <= {{ month_end() }}
{%- endmacro %}
