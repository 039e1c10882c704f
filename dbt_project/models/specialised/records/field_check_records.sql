-- 领域抽查记录 Problems found at spot checks of the key fields. Source: C07 (c07_spot_checks), by day of the check: results
-- 5 (ordered to correct), 6 (serious non-cooperation) and 8 (pending). An item belongs to a field if it holds
-- a word of the list. S010206, S020206, S030207, S040205: one task is one check, 1 each, whatever its number
-- of items.
with spot_check as (
    select *
    from {{ ref("stg_c07_spot_checks") }}
    where
        result in ('5', '6', '8')
        and checked_on <= {{ month_end() }}
),

-- Items are few, checks are many: the words are looked for in each item once.
governed as (
    select distinct
        inspected.item,
        listed.code,
        listed.window_months,
        listed.opens_after
    from (select distinct item from spot_check) as inspected
    inner join {{ ref("specialised_rule") }} as listed
        on
            listed.code in ('S010206', 'S020206', 'S030207', 'S040205')
            and inspected.item like '%' || listed.entry || '%'
),

found as (
    select
        spot_check.*,
        governed.code,
        governed.window_months,
        row_number() over (
            partition by spot_check.enterprise_id, spot_check.task_id, governed.code
            order by spot_check.checked_on desc, spot_check.item asc
        ) as place
    from spot_check
    inner join governed on spot_check.item = governed.item
    where spot_check.checked_on > governed.opens_after
)

select
    {{ field_record(
        "found.code", "'c07_spot_checks'", "found", "found.checked_on", "1",
        stops_in=leaves_in("found.checked_on", "found.window_months"), review=true
    ) }}
from found
where found.place = 1
