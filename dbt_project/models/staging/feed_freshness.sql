-- Whether "no record" in a feed may be read as "nothing happened". A feed is fresh when a delivery was accepted within
-- the number of months its contract allows, the month in force included; an accepted file without rows counts.
-- The contracts' fresh_months come as ECR_FRESH_MONTHS, because a jurisdiction may overlay them.
{{ config(materialized="plain_table") }}
{%- set promised = fromjson(env_var("ECR_FRESH_MONTHS", "{}")) or {} %}
with promised as (
    select
        cast(null as varchar) as feed,
        cast(null as varchar) as oldest_month
    where false
    {%- for feed, months in promised.items() %}
    union all
    select '{{ feed }}', substr('{{ month_end(1 - (months | int)) | replace("date '", "") }}, 1, 7)
    {%- endfor %}
),

received as (
    select
        feed,
        max(received_month) as last_received_month
    from {{ ref("feed_month") }}
    where status = 'accepted'
    group by feed
)

select
    promised.feed,
    coalesce(received.last_received_month >= promised.oldest_month, false) as fresh,
    received.last_received_month
from promised
left join received on promised.feed = received.feed
