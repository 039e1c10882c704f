{#- Which records stand behind an indicator, in one shape for all of them. -#}

{#- Month in which an event leaves the window of an indicator, as text; the event counts up to the month before. -#}
{% macro stops_after(event_on, indicator) -%}
    left(cast({{ months_after(event_on, window_months(indicator)) }} as varchar), 7)
{%- endmacro %}

{#- Who gets or loses points for which of these indicators in the month, as a query with enterprise_id and code. For a view
    that would else put together far more than risk_evidence keeps: it gives no rows of others. -#}
{% macro pointed(indicators) -%}
    {%- set pointed = ref("enterprise_pointed") -%}
    {%- set in_force = scoring_rules()["indicators"] -%}
    {%- for indicator in indicators %}
    select
        enterprise_id,
        '{{ indicator }}' as code
    from {{ pointed }}
    where {{ "has_" ~ (indicator | lower) if indicator in in_force else "false" }}
        {%- if not loop.last %}
    union all
        {%- endif %}
    {%- endfor %}
{%- endmacro %}

{#- The columns of an evidence view, for one indicator and one record or known absence.
    indicator   its code
    feed        the feed of the record, or of the record that is missing
    record      alias of the staging row with record_id and record_key; none for an absence, whose event_on is the day on
                which the record was due
    event_on    SQL of the day of the event
    stops_in    SQL of the first month (text) in which it counts no more; 'window' for an event that leaves the indicator's
                window; none for a state that lasts until somebody ends it
    counts_for  SQL of what it adds to the value where the value is a sum of records, else none
    about_id    SQL of the enterprise the record is about, where it is another one (an affiliate)
    repaired    whether the staging row has repaired_on;  review  whether it has review_since -#}
{% macro evidence(
    indicator, feed, record, event_on, stops_in=none, counts_for=none, about_id=none, repaired=false, review=false
) -%}
    '{{ indicator }}' as indicator_code,
    '{{ feed }}' as feed,
    {{ record ~ ".record_id" if record else "cast(null as varchar)" }} as record_id,
    {{ record ~ ".record_key" if record else "cast(null as varchar)" }} as record_key,
    cast({{ event_on }} as date) as event_on,
    {{ record ~ ".received_month" if record else "cast(null as varchar)" }} as received_month,
    {% if stops_in == "window" -%}
        {{ stops_after(event_on, indicator) }}
    {%- else -%}
        cast({{ stops_in or "null" }} as varchar)
    {%- endif %} as stops_in,
    cast({{ about_id or "null" }} as varchar) as about_id,
    cast({{ "null" if counts_for is none else counts_for }} as double) as counts_for,
    {{ record ~ ".repaired_on" if record and repaired else "cast(null as date)" }} as repaired_on,
    {{ record ~ ".review_since" if record and review else "cast(null as date)" }} as review_since
{%- endmacro %}

{#- Names of these columns in their order, as a list; an evidence view has enterprise_id before them. -#}
{% macro evidence_columns() -%}
    {{ return([
        "indicator_code", "feed", "record_id", "record_key", "event_on", "received_month", "stops_in", "about_id",
        "counts_for", "repaired_on", "review_since",
    ]) }}
{%- endmacro %}
