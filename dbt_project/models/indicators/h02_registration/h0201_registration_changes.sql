-- H0201 登记备案事项 Registration and filing changes. Source: C01 (c01_changes).
-- H020101 法定代表人频繁变更: changes of legal representative inside the window.
-- H020102 登记住所频繁变更: changes of registered address inside the window.
-- H020103 注册资本大幅增长或减少: the worst change of capital inside the window by new/old: extreme > `extreme_above` |
--         down_large < `fall_below` | up_large > `rise_above` with new capital over `capital_above` 万元 | normal. The
--         bounds themselves are normal. Unknown when there were changes and none can be read, or when the currency
--         changed with the amount. A foreign currency is not converted: whether it rose beyond `capital_above` is
--         unknown, too.
-- The numbers named in `...` stand in the catalogue's parameters.csv.
with changes as (
    select
        enterprise_id,
        change_item,
        changed_on,
        {{ capital_in_text("value_before") }} as capital_before,
        {{ capital_in_text("value_after") }} as capital_after,
        {{ currency_in_text("value_before") }} = {{ currency_in_text("value_after") }} as same_currency,
        {{ currency_in_text("value_after") }} = 'CNY' as in_yuan
    from {{ ref("stg_c01_changes") }}
    where
        changed_on <= {{ month_end() }}
        and change_item in ('02', '03', '04')
),

rated as (
    select
        enterprise_id,
        change_item,
        changed_on,
        case
            when change_item <> '04' or not same_currency or capital_before <= 0 then null
            when capital_after / capital_before > {{ parameter("H020103", "extreme_above") }} then 3
            when capital_after / capital_before < {{ parameter("H020103", "fall_below") }} then 2
            when capital_after / capital_before <= {{ parameter("H020103", "rise_above") }} then 0
            when capital_after / capital_before is null or not in_yuan then null
            when capital_after > {{ parameter("H020103", "capital_above") }} then 1
            else 0
        end as severity
    from changes
),

found as (
    select
        enterprise_id,
        count(*) filter (where change_item = '03' and changed_on > {{ window_start("H020101") }}) as legal_rep_changes,
        count(*) filter (where change_item = '02' and changed_on > {{ window_start("H020102") }}) as address_changes,
        count(*) filter (where change_item = '04' and changed_on > {{ window_start("H020103") }}) as capital_changes,
        max(severity) filter (where change_item = '04' and changed_on > {{ window_start("H020103") }}) as severity
    from rated
    group by enterprise_id
)

select
    enterprise.month,
    enterprise.enterprise_id,
    case when {{ fresh("c01_changes") }} then cast(coalesce(found.legal_rep_changes, 0) as integer) end as h020101,
    case when {{ fresh("c01_changes") }} then cast(coalesce(found.address_changes, 0) as integer) end as h020102,
    case
        when not {{ fresh("c01_changes") }} then null
        when coalesce(found.capital_changes, 0) = 0 or found.severity = 0 then 'normal'
        when found.severity = 1 then 'up_large'
        when found.severity = 2 then 'down_large'
        when found.severity = 3 then 'extreme'
    end as h020103
from {{ ref("enterprise") }} as enterprise
left join found on enterprise.enterprise_id = found.enterprise_id
where enterprise.month = {{ month() }}
