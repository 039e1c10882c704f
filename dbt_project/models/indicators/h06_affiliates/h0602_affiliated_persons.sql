-- H0602 关联人员失信 Affiliated-person dishonesty. Source: C01 (c01_base, c01_persons, c01_shareholders, c01_revocations),
-- C05, C10.
-- People are matched by the keyed hash of their identity number, never by name.
-- H060201 法定代表人任职受限: 1 if the legal representative headed another enterprise when, inside the window, its licence was
--         revoked or it was put on a serious-dishonesty list (严重违法失信名单; the lists of tax, wage and safety departments
--         restrict nobody here). An enterprise's own listing is not held against it a second time (it counts in
--         H0402). A repaired listing restricts no more. Where the record names no head, the one of the registration
--         record is taken. Unknown without a legal representative.
-- H060202 主要人员为失信被执行人: how many different key persons (legal representative, directors in office, natural persons
--         holding `key_holder_share` of parameters.csv or more) are court defaulters on the last day of the month.
--         Unknown where no key person is on record.
with spine as (
    select
        enterprise_id,
        legal_rep_id
    from {{ ref("enterprise") }}
    where month = {{ month() }}
),

restricting as (
    {{ restricting_records() }}
),

restricted as (
    select distinct
        enterprise_id,
        person_id
    from restricting
),

heads as (
    select
        spine.enterprise_id,
        count(*) as incidents
    from spine
    inner join restricted
        on
            spine.legal_rep_id = restricted.person_id
            and spine.enterprise_id <> restricted.enterprise_id
    group by spine.enterprise_id
),

defaulters as (
    select distinct defaulter.person_id
    from {{ ref("stg_c10_defaulters") }} as defaulter
    where
        defaulter.person_id is not null
        and {{ is_on_defaulter_list("defaulter", "2") }}
),

-- nearly everybody has a key person, the head, and is asked for defaulters only
without_head as (
    select enterprise_id
    from spine
    where legal_rep_id is null
),

key_persons as (
    {{ key_persons(among="defaulters", of="without_head") }}
),

persons as (
    select
        key_persons.enterprise_id,
        count(defaulters.person_id) as defaulters
    from key_persons
    left join defaulters on key_persons.person_id = defaulters.person_id
    group by key_persons.enterprise_id
)

select
    cast({{ month() }} as varchar) as month,  -- noqa: RF04
    spine.enterprise_id,
    case
        when
            spine.legal_rep_id is not null
            and {{ fresh("c01_base") }} and {{ fresh("c01_revocations") }} and {{ fresh("c05_serious_lists") }}
            then case when heads.incidents > 0 then 1 else 0 end
    end as h060201,
    case
        when {{ fresh("c01_persons") }} and {{ fresh("c01_shareholders") }} and {{ fresh("c10_defaulters") }}
            then cast(coalesce(persons.defaulters, case when spine.legal_rep_id is not null then 0 end) as integer)
    end as h060202
from spine
left join heads on spine.enterprise_id = heads.enterprise_id
left join persons on spine.enterprise_id = persons.enterprise_id
