{#- What the models of the key fields (重点领域) share. -#}

{#- A CSV file of the specialised version in force, all values text. The files are checked by `orchestration.specialised`
    before any month is built. -#}
{% macro specialised_table(file) -%}
    {{ text_table(env_var("ECR_SPECIALISED_DIR", "") ~ "/" ~ file ~ ".csv") }}
{%- endmacro %}

{#- Name of the version in force: its folder is called so. -#}
{% macro specialised_version() -%}
    {{ return(env_var("ECR_SPECIALISED_DIR", "").split("/")[-1]) }}
{%- endmacro %}

{#- First month in which an event counts no more, as text, for a window in months that is a column. -#}
{% macro leaves_in(event_on, window_months) -%}
    left(cast({{ months_after(event_on, window_months) }} as varchar), 7)
{%- endmacro %}

{#- The columns of a record behind a specialised indicator.
    code       SQL of the indicator's code
    feed       name of the feed
    record     alias of the staging row, with record_id, record_key and received_month
    event_on   SQL of the day of the event
    amount     SQL of what the record tells: summed, averaged, or its greatest taken, as indicators.csv says
    stops_in   SQL of the first month in which it counts no more; none for a state that lasts until somebody ends it
    repaired   whether the row has repaired_on;  review  whether it has review_since -#}
{% macro field_record(code, feed, record, event_on, amount, stops_in=none, repaired=false, review=false) -%}
    {{ record }}.enterprise_id,
    {{ code }} as indicator_code,
    {{ feed }} as feed,
    {{ record }}.record_id,
    {{ record }}.record_key,
    cast({{ event_on }} as date) as event_on,
    {{ record }}.received_month,
    cast({{ stops_in or "null" }} as varchar) as stops_in,
    cast({{ amount }} as double) as amount,
    {{ record ~ ".repaired_on" if repaired else "cast(null as date)" }} as repaired_on,
    {{ record ~ ".review_since" if review else "cast(null as date)" }} as review_since
{%- endmacro %}
