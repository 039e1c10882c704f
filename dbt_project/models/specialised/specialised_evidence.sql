-- 专业证据 The records behind every specialised indicator that gives points, and behind every mark that holds: feed,
-- record, day, month received, and the month in which it stops to count. Same columns as risk_evidence, and the field.
-- Of an indicator that takes the greatest, only the records that reach it; of the others, those that tell something.
-- counts_for: what the record adds, where the value is a sum.
with measured as (
    select
        code,
        measure
    from {{ specialised_table("indicators") }}
)

select
    factor.month,
    factor.region_code,
    factor.enterprise_id,
    factor.field,
    factor.indicator_code,
    told.feed,
    told.record_id,
    told.record_key,
    told.event_on,
    told.received_month,
    told.stops_in,
    cast(null as varchar) as about_id,
    case when measured.measure = 'sum' then told.amount end as counts_for,
    told.repaired_on,
    told.review_since
from {{ ref("specialised_factor") }} as factor
inner join measured on factor.indicator_code = measured.code
inner join {{ ref("specialised_record") }} as told
    on
        factor.enterprise_id = told.enterprise_id
        and factor.indicator_code = told.indicator_code
where
    factor.month = {{ month() }}
    and factor.value is not null
    and (factor.points + factor.cap_taken <> 0 or factor.part = 'mark')
    and case
        when measured.measure = 'max' then round(told.amount, 6) = factor.value
        else told.amount <> 0
    end
