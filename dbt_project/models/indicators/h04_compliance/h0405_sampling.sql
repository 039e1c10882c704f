-- H0405 监督抽检与召回 Product sampling and recall. Source: C08 (c08_sampling, by day of sampling; c08_recalls, by day of
-- announcement).
-- The result of a recheck (复检) stands before the first one; what was not tested (未检验) is no drawn.
-- H040501 近一年监督抽检不合格批次 Failed batches in 1 year; unknown if nothing was tested in that year.
-- H040502 近三年抽检不合格率 Failure rate in 3 years against the mean of the product class: 1 = the class mean. Few samples say
--         little, so the rate is pulled towards the mean (empirical Bayes, 经验贝叶斯): to the n tested samples of a firm,
--         `prior_samples` (parameters.csv) imagined ones that fail at the rate of the class are added. The mean is
--         estimated from the data; the strength is fixed, because most firms have one sample and then it cannot be
--         estimated. Several classes: mean of the ratios, weighted by samples. A class in which nothing failed gives 0.
--         Unknown if nothing was tested in the window.
-- H040503 缺陷产品召回或责令召回 Defect recalls in 3 years, the worst of them: 'ordered_open' is ordered and not completed by
--         the last day of the month, 'ordered' ordered and completed, 'voluntary' completed or not; 'none' without one.
-- Unknown (null) while the feed is not fresh.
{% set prior_samples = parameter('H040502', 'prior_samples') %}
with tested as (
    select
        drawn.enterprise_id,
        drawn.product_class,
        drawn.sampled_on,
        {{ sampling_outcome('drawn') }} as outcome
    from {{ ref('stg_c08_sampling') }} as drawn
    where drawn.sampled_on <= {{ month_end() }}
),

recent as (
    select
        enterprise_id,
        count(*) filter (where outcome = '2') as failed
    from tested
    where
        outcome in ('1', '2')
        and sampled_on > {{ window_start('H040501') }}
    group by enterprise_id
),

by_class as (
    select
        enterprise_id,
        product_class,
        count(*) as samples,
        count(*) filter (where outcome = '2') as failed
    from tested
    where
        outcome in ('1', '2')
        and sampled_on > {{ window_start('H040502') }}
    group by enterprise_id, product_class
),

class_mean as (
    select
        product_class,
        cast(sum(failed) as double) / sum(samples) as rate
    from by_class
    group by product_class
),

ratios as (
    select
        by_class.enterprise_id,
        round(
            sum(
                by_class.samples
                * case
                    when class_mean.rate = 0 then 0
                    else
                        (by_class.failed + {{ prior_samples }} * class_mean.rate)
                        / (by_class.samples + {{ prior_samples }})
                        / class_mean.rate
                end
            ) / sum(by_class.samples), 6
        ) as ratio
    from by_class
    inner join class_mean on by_class.product_class = class_mean.product_class
    group by by_class.enterprise_id
),

recalls as (
    select
        recall.enterprise_id,
        max({{ recall_severity('recall') }}) as severity
    from {{ ref('stg_c08_recalls') }} as recall
    where
        recall.announced_on > {{ window_start('H040503') }}
        and recall.announced_on <= {{ month_end() }}
    group by recall.enterprise_id
)

select
    enterprise.month,
    enterprise.enterprise_id,
    case when {{ fresh('c08_sampling') }} then cast(recent.failed as double) end as h040501,
    case when {{ fresh('c08_sampling') }} then ratios.ratio end as h040502,
    case
        when not {{ fresh('c08_recalls') }} then null
        when recalls.severity = 3 then 'ordered_open'
        when recalls.severity = 2 then 'ordered'
        when recalls.severity = 1 then 'voluntary'
        else 'none'
    end as h040503
from {{ ref('enterprise') }} as enterprise
left join recent on enterprise.enterprise_id = recent.enterprise_id
left join ratios on enterprise.enterprise_id = ratios.enterprise_id
left join recalls on enterprise.enterprise_id = recalls.enterprise_id
where enterprise.month = {{ month() }}
