-- noqa: disable=LT02
-- H0702 纳税社保 Tax and social insurance.
-- H070201 社保缴纳人数 Insured staff. Source: C13 (c13_insured_staff), C03 (c03_annual_reports). Months are counted back from
--         the feed's newest one, so that the feed's own lag plays no part. 'zero_staff': nobody insured in each of the
--         `zero_months` newest months, with revenue above 0 in the latest report (of the last year due, or newer).
--         'sharp_fall': fewer than `fall_below` times the staff of one window (3 months) before. Else 'ok'. Unknown
--         without a count for the newest month, or if the zero months meet an undisclosed revenue. Both numbers stand
--         in parameters.csv.
-- H070202 欠税或非正常户 Tax arrears or abnormal taxpayer. Source: C12 (c12_arrears, c12_abnormal_taxpayers).
--         'arrears': announced in the window and not cleared by the last day of the month. 'abnormal': identified and
--         not lifted by then, however long ago: it is a state, not an event. 'both', 'none'. If one of the two
--         feeds is not fresh, only what the other shows is said; nothing shown is then unknown.
-- H070203 年纳税额 Tax of a year, the newest whole one of which it is known, of the last year due or newer. Source: C12
--         (c12_tax_paid), else the enterprise's own report (C03). 'untaxed': none although the report on the same year
--         shows revenue above 0. 'large': above `large_above` 万元; 'middle': from `small_below` 万元 on; 'small': below
--         that, and no tax where no revenue is known, for then no more than a small tax is certain. Refunds can make it
--         negative, which is none. Unknown if neither source tells of such a year.
-- H070204 近一年员工变动率 Fall of insured staff (C13) from one window (12 months) before the feed's newest month to that
--         month, as a share of the earlier count; a rise is below 0. Unknown without both counts, or from a count of 0.
-- H070205 纳税信用等级 Latest tax credit rating published in the window, A, B, M (new), C or D. Source: C12
--         (c12_ratings). Not rated is unknown: not every taxpayer is.
-- Unknown (null) while the feed is not fresh.
{%- set zero_months = parameter('H070201', 'zero_months') | int %}
{%- set fall_months = window_months('H070201') | int %}
{%- set year_months = window_months('H070204') | int %}
with {{ insured_counts([zero_months, fall_months, year_months] | max) }},

insured as (
    select
        enterprise_id,
        max(insured_staff) filter (where months_back = 0) as staff_now,
        max(insured_staff) filter (where months_back = {{ fall_months }}) as staff_before,
        max(insured_staff) filter (where months_back = {{ year_months }}) as staff_a_year_before,
        count(*) filter (where insured_staff = 0 and months_back < {{ zero_months }}) as zero_months
    from insured_counts
    group by enterprise_id
),

spine as (
    select enterprise_id
    from {{ ref('enterprise') }}
    where month = {{ month() }}
),

reports as (
    {{ disclosed_reports(["H070203"]) }}
),

{{ tax_of_the_year("spine") }},

arrears as (
    select distinct enterprise_id
    from {{ ref('stg_c12_arrears') }}
    where
        announced_on > {{ window_start('H070202') }}
        and announced_on <= {{ month_end() }}
        and (cleared_on is null or cleared_on > {{ month_end() }})
),

abnormal as (
    select distinct enterprise_id
    from {{ ref('stg_c12_abnormal_taxpayers') }}
    where
        identified_on <= {{ month_end() }}
        and (lifted_on is null or lifted_on > {{ month_end() }})
),

ratings as (
    select
        enterprise_id,
        rating,
        row_number() over (partition by enterprise_id order by rated_on desc, rated_year desc) as recency
    from {{ ref('stg_c12_ratings') }}
    where rated_on > {{ window_start('H070205') }} and rated_on <= {{ month_end() }}
),

known as (
    select
        taxed.enterprise_id,
        case
            when not {{ fresh('c13_insured_staff') }} or insured.staff_now is null then null
            when
                insured.zero_months < {{ zero_months }}
                and insured.staff_now < {{ parameter('H070201', 'fall_below') }} * insured.staff_before
                then 'sharp_fall'
            when insured.zero_months < {{ zero_months }} or taxed.latest_revenue <= 0 then 'ok'
            when {{ fresh('c03_annual_reports') }} and taxed.latest_revenue > 0 then 'zero_staff'
        end as staff_state,
        case when {{ fresh('c12_arrears') }} then arrears.enterprise_id is not null end as in_arrears,
        case when {{ fresh('c12_abnormal_taxpayers') }} then abnormal.enterprise_id is not null end as is_abnormal,
        case
            when taxed.tax > {{ parameter('H070203', 'large_above') }} then 'large'
            when taxed.tax >= {{ parameter('H070203', 'small_below') }} then 'middle'
            when taxed.tax <= 0 and taxed.revenue > 0 then 'untaxed'
            when taxed.tax is not null then 'small'
        end as tax_size,
        case
            when {{ fresh('c13_insured_staff') }} and insured.staff_a_year_before > 0
                then
                    cast(insured.staff_a_year_before - insured.staff_now as double)
                    / cast(insured.staff_a_year_before as double)
        end as staff_fall,
        case when {{ fresh('c12_ratings') }} then ratings.rating end as rating
    -- one row per enterprise of the spine
    from taxed
    left join insured on taxed.enterprise_id = insured.enterprise_id
    left join ratings on taxed.enterprise_id = ratings.enterprise_id and ratings.recency = 1
    left join arrears on taxed.enterprise_id = arrears.enterprise_id
    left join abnormal on taxed.enterprise_id = abnormal.enterprise_id
)

select
    cast({{ month() }} as varchar) as month,  -- noqa: RF04
    enterprise_id,
    staff_state as h070201,
    case
        when in_arrears and is_abnormal then 'both'
        when in_arrears then 'arrears'
        when is_abnormal then 'abnormal'
        when not in_arrears and not is_abnormal then 'none'
    end as h070202,
    tax_size as h070203,
    staff_fall as h070204,
    rating as h070205
from known
