-- Deliveries that a corrected file, received by the end of the month in force, replaced as a whole.
{{ config(materialized="plain_table") }}
select distinct
    feed,
    unnest(supersedes) as delivery_id
from {{ ref("feed_month") }}
