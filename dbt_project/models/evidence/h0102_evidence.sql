-- H0102 企业年龄 Enterprise age: the record behind its indicator. Source: C01 (c01_base).
-- H010201: the base record, dated the day of establishment.
select
    base.enterprise_id,
    {{ evidence("H010201", "c01_base", "base", event_on="base.established_on") }}
from {{ ref("stg_c01_base") }} as base
