-- 领域清单 Governed entries of the specialised indicators, from lists.csv of the version in force, with the window
-- of their indicator: what an entry is (a code, or words to be found in a text) is said where it is read.
-- opens_after: an event on day d counts when opens_after < d <= last day of the month.
with entries as (
    select
        listed.code,
        listed.entry,
        cast(listed.value as double) as value,  -- noqa: RF04
        cast(indicator.window_months as integer) as window_months
    from {{ specialised_table("lists") }} as listed
    inner join {{ specialised_table("indicators") }} as indicator on listed.code = indicator.code
)

select
    code,
    entry,
    value,
    window_months,
    cast(last_day({{ months_after(month_end(), "-window_months") }}) as date) as opens_after
from entries
