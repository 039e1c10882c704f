-- 分地区 Enterprises by region and class, with shares and changes since the month before. A view over all months.
{{ config(tags=["published"]) }}
with {{ class_counts(source('risk', 'risk_class'), 'region_code') }}

select
    month,
    region_code,
    class,
    enterprises,
    enterprises / cast(sum(enterprises) over (partition by month, region_code) as double) as enterprise_share,
    case when has_before then earlier end as enterprises_before,
    case when has_before then enterprises - earlier end as enterprises_change,
    thin_file
from compared
