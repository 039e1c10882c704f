-- H0102 企业年龄 Enterprise age. Source: C01 (c01_base through the spine).
-- H010201 经营年限: whole months from establishment to the last day of the month, in years; 120 months are exactly 10.0.
select
    month,
    enterprise_id,
    age_years as h010201
from {{ ref("enterprise") }}
where month = {{ month() }}
