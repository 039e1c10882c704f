-- noqa: disable=LT02
-- H0602 关联人员失信 Affiliated-person dishonesty: the records behind its indicators. Source: C01, C05, C10.
-- H060201: revocations and serious-dishonesty listings of other enterprises that the legal representative headed,
--         about_id the other enterprise; of each person the newest 20, but the newest of each enterprise first, so that
--         an enterprise's own listing never leaves it without the record of another.
-- H060202: cases in which a key person is a defaulter, of each person the newest 20. The newest counts one person, the
--         others nothing: the value is a number of persons.
{%- set most = 20 %}
with restricting as (
    {{ restricting_records() }}
),

restricting_in_turn as (
    select
        *,
        row_number() over (
            partition by person_id, enterprise_id order by event_on desc, record_id desc
        ) as nth
    from restricting
    where person_id is not null
),

restricting_newest as (
    select
        *,
        row_number() over (partition by person_id order by nth asc, event_on desc, record_id desc) as place
    from restricting_in_turn
),

defaulters as (
    select
        defaulter.*,
        row_number() over (
            partition by defaulter.person_id order by defaulter.published_on desc, defaulter.record_id desc
        ) as place
    from {{ ref("stg_c10_defaulters") }} as defaulter
    where
        defaulter.person_id is not null
        and {{ is_on_defaulter_list("defaulter", "2") }}
),

-- of defaulters only, for key persons are several to an enterprise and defaulters are few
key_persons as (
    {{ key_persons(among="defaulters") }}
)
{%- for feed in ["c01_revocations", "c05_serious_lists"] %}

select
    enterprise.enterprise_id,
    {{
        evidence(
            "H060201",
            feed,
            "record",
            event_on="record.event_on",
            stops_in="window",
            about_id="record.enterprise_id",
            review=true,
        )
    }}
from restricting_newest as record
inner join {{ ref("enterprise") }} as enterprise on record.person_id = enterprise.legal_rep_id
where
    enterprise.month = {{ month() }}
    and record.feed = '{{ feed }}'
    and record.place <= {{ most }}
    and record.enterprise_id <> enterprise.enterprise_id
union all
{%- endfor %}
select
    key_persons.enterprise_id,
    {{
        evidence(
            "H060202",
            "c10_defaulters",
            "defaulter",
            event_on="defaulter.published_on",
            counts_for="case defaulter.place when 1 then 1 else 0 end",
            review=true,
        )
    }}
from defaulters as defaulter
inner join key_persons on defaulter.person_id = key_persons.person_id
where defaulter.place <= {{ most }}
