-- noqa: disable=LT02
-- 领域产品记录 Products: failed batches, recalls, and the risk of key industrial products. Source: C08, C15, C01.
-- S010202, S030203 tested batches: 1 failed, 0 passed. Classes by the lists of S010202 and S030101
-- S010205, S020205, S030205 recalls: ordered (2) 1, voluntary (1) voluntary_weight. A recall names no field:
--         it counts in each field of the enterprise
-- S030101 harm grade of each product class permitted or sampled in member_months
-- S030102 spread: grade of the size group of the enterprise; nothing where the size is unknown
-- S030201 for each tested batch the failure rate of its class at this enterprise, pulled to the mean of the
--         class as if prior_samples more had failed at that mean; the mean over batches is then the rate of
--         the enterprise
-- S030202 probability x harm x spread, 1 to 125, at each tested batch; probability graded by the bounds of
--         parameters.csv
with batch as (
    select * from {{ ref("field_samples") }}
),

governed as (
    select * from {{ ref("specialised_rule") }}
),

member as (
    select enterprise_id
    from {{ ref("specialised_member") }}
    where field_code = 'S03'
),

tested as (
    select
        batch.*,
        governed.value as harm
    from batch
    inner join governed
        on
            governed.code = 'S030101'
            and batch.product_class = governed.entry
),

by_class as (
    select
        enterprise_id,
        product_class,
        count(*) as samples,
        sum(failed) as failed
    from tested
    where sampled_on > {{ window_start("S030201") }}
    group by enterprise_id, product_class
),

class_mean as (
    select
        product_class,
        sum(failed) / cast(sum(samples) as double) as rate
    from by_class
    group by product_class
),

class_rate as (
    select
        by_class.enterprise_id,
        by_class.product_class,
        by_class.samples,
        (by_class.failed + {{ parameter("S030201", "prior_samples") }} * class_mean.rate)
        / (by_class.samples + {{ parameter("S030201", "prior_samples") }}) as rate
    from by_class
    inner join class_mean on by_class.product_class = class_mean.product_class
),

probability as (
    select
        enterprise_id,
        round(sum(samples * rate) / sum(samples), 6) as rate
    from class_rate
    group by enterprise_id
),

harm_record as (
    select
        permit.enterprise_id,
        permit.feed,
        permit.record_id,
        permit.record_key,
        permit.valid_from as event_on,
        permit.received_month,
        cast(null as varchar) as stops_in,
        governed.value as harm,
        cast(null as date) as review_since
    from {{ ref("field_licences") }} as permit
    inner join governed
        on
            governed.code = 'S030101'
            and permit.kind = governed.entry
    where permit.field_code = 'S03'
    union all
    select
        tested.enterprise_id,
        'c08_sampling' as feed,
        tested.record_id,
        tested.record_key,
        tested.sampled_on as event_on,
        tested.received_month,
        {{ leaves_in("tested.sampled_on", window_months("S030101")) }} as stops_in,
        tested.harm,
        tested.review_since
    from tested
    where tested.sampled_on > {{ window_start("S030101") }}
),

spread as (
    select
        base.*,
        governed.value as spread
    from member
    inner join {{ ref("enterprise") }} as enterprise
        on
            member.enterprise_id = enterprise.enterprise_id
            and enterprise.month = {{ month() }}
    inner join governed
        on
            governed.code = 'S030102'
            and enterprise.size_group = governed.entry
    inner join {{ ref("stg_c01_base") }} as base on member.enterprise_id = base.enterprise_id
),

indexed as (
    select
        probability.enterprise_id,
        max(harm_record.harm) * max(spread.spread) * max(
            case
                when probability.rate >= {{ parameter("S030202", "probability_5") }} then 5
                when probability.rate >= {{ parameter("S030202", "probability_4") }} then 4
                when probability.rate >= {{ parameter("S030202", "probability_3") }} then 3
                when probability.rate >= {{ parameter("S030202", "probability_2") }} then 2
                else 1
            end
        ) as risk_index
    from probability
    inner join harm_record on probability.enterprise_id = harm_record.enterprise_id
    inner join spread on probability.enterprise_id = spread.enterprise_id
    group by probability.enterprise_id
)

select
    {{ field_record(
        "'S010202'", "'c08_sampling'", "batch", "batch.sampled_on", "batch.failed",
        stops_in=leaves_in("batch.sampled_on", "governed.window_months"), review=true
    ) }}
from batch
inner join governed
    on
        governed.code = 'S010202'
        and batch.product_class = governed.entry
where batch.sampled_on > governed.opens_after
union all
select
    {{ field_record(
        "'S030203'", "'c08_sampling'", "tested", "tested.sampled_on", "tested.failed",
        stops_in=leaves_in("tested.sampled_on", window_months("S030203")), review=true
    ) }}
from tested
where tested.sampled_on > {{ window_start("S030203") }}
{%- for code in ["S010205", "S020205", "S030205"] %}
union all
select
    {{ field_record(
        "'" ~ code ~ "'", "'c08_recalls'", "recall", "recall.announced_on",
        "case recall.recall_kind when '2' then 1 else " ~ parameter("S00", "voluntary_weight") ~ " end",
        stops_in=leaves_in("recall.announced_on", window_months(code)), review=true
    ) }}
from {{ ref("stg_c08_recalls") }} as recall
where
    recall.announced_on <= {{ month_end() }}
    and recall.announced_on > {{ window_start(code) }}
{%- endfor %}
union all
select
    {{ field_record(
        "'S030101'", "harm_record.feed", "harm_record", "harm_record.event_on", "harm_record.harm",
        stops_in="harm_record.stops_in", review=true
    ) }}
from harm_record
union all
select
    {{ field_record("'S030102'", "'c01_base'", "spread", "spread.established_on", "spread.spread") }}
from spread
union all
select
    {{ field_record(
        "'S030201'", "'c08_sampling'", "tested", "tested.sampled_on", "class_rate.rate",
        stops_in=leaves_in("tested.sampled_on", window_months("S030201")), review=true
    ) }}
from tested
inner join class_rate
    on
        tested.enterprise_id = class_rate.enterprise_id
        and tested.product_class = class_rate.product_class
where tested.sampled_on > {{ window_start("S030201") }}
union all
select
    {{ field_record(
        "'S030202'", "'c08_sampling'", "tested", "tested.sampled_on", "indexed.risk_index",
        stops_in=leaves_in("tested.sampled_on", window_months("S030202")), review=true
    ) }}
from tested
inner join indexed on tested.enterprise_id = indexed.enterprise_id
where tested.sampled_on > {{ window_start("S030201") }}
