-- 企业顺序 The enterprises of the month in the order in which the indicators are written, so that all can be read side by
-- side (macro side_by_side).
{{ config(materialized="plain_table", database="memory", schema="staging", in_order=true) }}
{{ config(contract={"enforced": false}) }}
select
    region_code,
    enterprise_id
from {{ ref('enterprise') }}
where month = {{ month() }}
