-- 分行业 Enterprises by section of GB/T 4754 (门类) and class, with shares and changes since the month before. A view over
-- all months. An enterprise without a known industry stands under 'unknown'.
{{ config(tags=["published"]) }}
with in_section as (
    select
        risk_class.month,
        risk_class.class,
        risk_class.thin_file,
        coalesce(enterprise.industry_section, 'unknown') as industry_section
    from {{ source('risk', 'risk_class') }} as risk_class
    inner join {{ ref('enterprise') }} as enterprise
        on
            risk_class.month = enterprise.month
            and risk_class.enterprise_id = enterprise.enterprise_id
),

{{ class_counts('in_section', 'industry_section') }}

select
    month,
    industry_section,
    class,
    enterprises,
    enterprises / cast(sum(enterprises) over (partition by month, industry_section) as double) as enterprise_share,
    case when has_before then earlier end as enterprises_before,
    case when has_before then enterprises - earlier end as enterprises_change,
    thin_file
from compared
