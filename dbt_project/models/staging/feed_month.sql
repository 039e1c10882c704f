-- Every published partition of every feed up to the month in force. A table, because the manifests are many small
-- files and every staging model asks.
{{ config(materialized="plain_table") }}
select
    feed,
    month as received_month,
    status,
    delivered,
    supersedes
from {{ source("raw", "feed_month") }}
where
    month <= {{ month() }}
    and status <> 'none'
