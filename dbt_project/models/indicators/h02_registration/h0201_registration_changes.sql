-- H0201 登记备案事项 Registration and filing changes. Source: C01 (c01_changes, c01_shareholders, c01_base), C03
-- (c03_annual_reports).
-- H020101 法定代表人频繁变更: changes of legal representative inside the window.
-- H020102 登记住所频繁变更: changes of registered address inside the window.
-- H020103 注册资本大幅增长或减少: the worst change of capital inside the window by new/old: extreme > `extreme_above` |
--         down_large < `fall_below` | up_large > `rise_above` with new capital over `capital_above` 万元 | normal. The
--         bounds themselves are normal. Unknown when there were changes and none can be read, or when the currency
--         changed with the amount. A foreign currency is not converted: whether it rose beyond `capital_above` is
--         unknown, too.
-- H020104 经营范围频繁变更: changes of business scope inside the window.
-- H020105 企业名称频繁变更: changes of name inside the window.
-- H020106 注册资本实缴比例: paid-in over registered capital: paid from `paid_from` | part from `part_from` | little |
--         overdue, when nothing is paid in and the last day for it of all shareholders has passed (that day itself is
--         in time; no day on record: little). Paid in is what the latest annual report says, if it covers the year due
--         or a later one; else the sum over the shareholders on the last day of the month, if it is known of each.
--         Unknown where neither says it or there is no registered capital. The amounts paid in name no currency, so
--         beside a registered capital in a foreign one only "nothing" can be read.
-- The numbers named in `...` stand in the catalogue's parameters.csv. Unknown while the feed concerned is not fresh.
{%- set windows = [] %}
{%- for indicator in ["H020101", "H020102", "H020104", "H020105"] %}
    {%- do windows.append(window_months(indicator) | int) %}
{%- endfor %}
with counted as (
    select
        enterprise_id,
        count(*) filter (where change_item = '03' and changed_on > {{ window_start("H020101") }}) as legal_rep_changes,
        count(*) filter (where change_item = '02' and changed_on > {{ window_start("H020102") }}) as address_changes,
        count(*) filter (where change_item = '05' and changed_on > {{ window_start("H020104") }}) as scope_changes,
        count(*) filter (where change_item = '01' and changed_on > {{ window_start("H020105") }}) as name_changes
    from {{ ref("stg_c01_changes") }}
    where
        changed_on <= {{ month_end() }}
        and changed_on > {{ month_end(0 - windows | max) }}
        and change_item in ('01', '02', '03', '05')
    group by enterprise_id
),

changes_of_capital as (
    select *
    from {{ ref("stg_c01_changes") }}
    where
        changed_on <= {{ month_end() }}
        and change_item = '04'
),

capital as (
    select
        enterprise_id,
        max(severity) as severity
    from ({{ rated_capital_changes("changes_of_capital") }}) as rated
    where changed_on > {{ window_start("H020103") }}
    group by enterprise_id
),

reported as (
    {{ paid_in_reports() }}
),

registered as (
    select
        holder.enterprise_id,
        case when count(*) = count(holder.paid_in_capital) then sum(holder.paid_in_capital) end as paid_in_capital,
        max(holder.subscribed_until) as subscribed_until
    from {{ ref("stg_c01_shareholders") }} as holder
    where
        {{ is_held("holder") }}
        and {{ fresh("c01_shareholders") }}
    group by holder.enterprise_id
),

in_foreign_currency as (
    select enterprise_id
    from {{ ref("stg_c01_base") }}
    where capital_currency <> 'CNY'
),

paid_in as (
    select
        enterprise.month,
        enterprise.enterprise_id,
        registered.subscribed_until,
        cast(coalesce(reported.paid_in_capital, registered.paid_in_capital) as double) as paid,
        case when enterprise.registered_capital > 0 then enterprise.registered_capital end as capital,
        in_foreign_currency.enterprise_id is null as in_yuan
    from {{ ref("enterprise") }} as enterprise
    left join in_foreign_currency on enterprise.enterprise_id = in_foreign_currency.enterprise_id
    left join reported on enterprise.enterprise_id = reported.enterprise_id
    left join registered on enterprise.enterprise_id = registered.enterprise_id
    where enterprise.month = {{ month() }}
)

select
    paid_in.month,
    paid_in.enterprise_id,
    case when {{ fresh("c01_changes") }} then cast(coalesce(counted.legal_rep_changes, 0) as integer) end as h020101,
    case when {{ fresh("c01_changes") }} then cast(coalesce(counted.address_changes, 0) as integer) end as h020102,
    case
        when not {{ fresh("c01_changes") }} then null
        when capital.enterprise_id is null or capital.severity = 0 then 'normal'
        when capital.severity = 1 then 'up_large'
        when capital.severity = 2 then 'down_large'
        when capital.severity = 3 then 'extreme'
    end as h020103,
    case when {{ fresh("c01_changes") }} then cast(coalesce(counted.scope_changes, 0) as integer) end as h020104,
    case when {{ fresh("c01_changes") }} then cast(coalesce(counted.name_changes, 0) as integer) end as h020105,
    case
        when paid_in.paid is null or paid_in.capital is null then null
        when paid_in.paid = 0 and paid_in.subscribed_until < {{ month_end() }} then 'overdue'
        when paid_in.paid = 0 then 'little'
        when not paid_in.in_yuan then null
        when paid_in.paid / paid_in.capital >= {{ parameter("H020106", "paid_from") }} then 'paid'
        when paid_in.paid / paid_in.capital >= {{ parameter("H020106", "part_from") }} then 'part'
        else 'little'
    end as h020106
from paid_in
left join counted on paid_in.enterprise_id = counted.enterprise_id
left join capital on paid_in.enterprise_id = capital.enterprise_id
