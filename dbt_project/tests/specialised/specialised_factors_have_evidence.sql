-- Every specialised indicator that gives points and every mark that holds rests on at least one record, and where the
-- value is a sum, what the records add up to is the value.
{{ config(meta={"dagster": {"ref": {"name": "specialised_evidence"}}}) }}
with summing as (
    select code
    from {{ specialised_table("indicators") }}
    where measure = 'sum'
),

evidence as (
    select
        enterprise_id,
        indicator_code,
        count(*) as records,
        sum(counts_for) as counted
    from {{ ref("specialised_evidence") }}
    where month = {{ month() }}
    group by enterprise_id, indicator_code
),

problems as (
    select
        count(*) filter (where evidence.records is null) as without_evidence,
        count(*) filter (
            where summing.code is not null and abs(coalesce(evidence.counted, 0) - factor.value) > 0.00001
        ) as other_sum
    from {{ ref("specialised_factor") }} as factor
    left join evidence
        on
            factor.enterprise_id = evidence.enterprise_id
            and factor.indicator_code = evidence.indicator_code
    left join summing on factor.indicator_code = summing.code
    where
        factor.month = {{ month() }}
        and (factor.points + factor.cap_taken <> 0 or (factor.part = 'mark' and factor.value > 0))
)

select *
from problems
where without_evidence + other_sum > 0
