{#- What was known about a feed at the end of the month in force: one row per key of its contract.

    Rows received later do not exist yet. A delivery that a corrected one replaced as a whole is gone from the month in
    which the correction came. Of several rows with one key the latest received counts, then the latest in its file.
    Adds record_id, by which a factor names the row it rests on. -#}
{% macro as_known(feed, key, columns) -%}
with received as (
    select
        {{ columns | join(",\n        ") }},
        raw_rows.received_month,
        raw_rows.delivery_id || ':' || cast(raw_rows.row_no as varchar) as record_id,
        row_number() over (
            partition by {{ key | join(", ") }}
            order by raw_rows.received_month desc, raw_rows.delivery_id desc, raw_rows.row_no desc
        ) as recency
    from {{ source("raw", feed) }} as raw_rows
    where raw_rows.received_month <= {{ month() }}
        and not exists (
            select 1
            from {{ ref("superseded_delivery") }} as replaced
            where replaced.feed = '{{ feed }}'
                and replaced.delivery_id = raw_rows.delivery_id
        )
)

select
    {{ columns | join(",\n    ") }},
    received_month,
    record_id
from received
where recency = 1
{%- endmacro %}

{#- Whether a feed is fresh in the month in force, as a boolean SQL expression, never null. -#}
{% macro fresh(feed) -%}
    (select coalesce(bool_or(f.fresh), false) from {{ ref("feed_freshness") }} as f where f.feed = '{{ feed }}')
{%- endmacro %}
