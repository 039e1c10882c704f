-- 领域抽检 Samples that were tested. Source: C08 (c08_sampling), by day of sampling. The result of a recheck (复检)
-- stands before the first one; what was not tested (未检验) is no sample. failed: 1 or 0.
with judged as (
    select
        *,
        case
            when recheck_result in ('1', '2') then recheck_result
            else result
        end as outcome
    from {{ ref("stg_c08_sampling") }}
    where sampled_on <= {{ month_end() }}
)

select
    enterprise_id,
    product_class,
    sampled_on,
    case when outcome = '2' then 1 else 0 end as failed,
    record_id,
    record_key,
    received_month,
    review_since
from judged
where outcome in ('1', '2')
