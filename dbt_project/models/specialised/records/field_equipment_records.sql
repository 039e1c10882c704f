-- 特种设备记录 What the registers of special equipment tell. Source: C15 (c15_special_equipment,
-- c15_equipment_inspections), C02.
-- S040101 equipment in use (state 1): 1 each
-- S040102 hazard grade of its kind by the list; S040103 whole years since its registration
-- S040201 1 if its next inspection was due before the last day of the month, else 0; nothing where no day is known
-- S040202 calendar months since that day, 0 if not overdue
-- S040203 inspections: failed (3) is 1, passed only after correction or recheck (4, 2) corrected_weight, passed (1) 0
-- S040206 licences of C02 for special equipment (item SPEC) that ended in the window while no other of it is
--         valid: 1 each
with equipment as (
    select
        *,
        coalesce(next_inspection_on < {{ month_end() }}, false) as overdue
    from {{ ref("stg_c15_special_equipment") }}
    where
        registered_on <= {{ month_end() }}
        and state = '1'
),

licence as (
    select
        *,
        licence_state = '1' and (valid_to is null or valid_to >= {{ month_end() }}) as in_force
    from {{ ref("stg_c02_licences") }}
    where
        licence_item = 'SPEC'
        and valid_from <= {{ month_end() }}
)

select
    {{ field_record("'S040101'", "'c15_special_equipment'", "equipment", "equipment.registered_on", "1") }}
from equipment
union all
select
    {{ field_record(
        "governed.code", "'c15_special_equipment'", "equipment", "equipment.registered_on", "governed.value"
    ) }}
from equipment
inner join {{ ref("specialised_rule") }} as governed
    on
        governed.code = 'S040102'
        and equipment.equipment_kind = governed.entry
union all
select
    {{ field_record(
        "'S040103'", "'c15_special_equipment'", "equipment", "equipment.registered_on",
        "floor(" ~ whole_months("equipment.registered_on", month_end()) ~ " / 12.0)"
    ) }}
from equipment
union all
select
    {{ field_record(
        "'S040201'", "'c15_special_equipment'", "equipment", "equipment.next_inspection_on",
        "case when equipment.overdue then 1 else 0 end"
    ) }}
from equipment
where equipment.next_inspection_on is not null
union all
select
    {{ field_record(
        "'S040202'", "'c15_special_equipment'", "equipment", "equipment.next_inspection_on",
        "case when equipment.overdue then " ~ calendar_months("equipment.next_inspection_on") ~ " else 0 end"
    ) }}
from equipment
where equipment.next_inspection_on is not null
union all
select
    {{ field_record(
        "'S040203'", "'c15_equipment_inspections'", "inspection", "inspection.inspected_on",
        "case inspection.conclusion when '3' then 1 when '1' then 0 else "
            ~ parameter("S040203", "corrected_weight") ~ " end",
        stops_in=leaves_in("inspection.inspected_on", window_months("S040203")), review=true
    ) }}
from {{ ref("stg_c15_equipment_inspections") }} as inspection
where
    inspection.inspected_on <= {{ month_end() }}
    and inspection.inspected_on > {{ window_start("S040203") }}
union all
select
    {{ field_record(
        "'S040206'", "'c02_licences'", "licence", "licence.valid_to", "1",
        stops_in=leaves_in("licence.valid_to", window_months("S040206")), review=true
    ) }}
from licence
where
    licence.licence_state in ('1', '5')
    and licence.valid_to < {{ month_end() }}
    and licence.valid_to > {{ window_start("S040206") }}
    and not exists (
        select 1
        from licence as other
        where
            licence.enterprise_id = other.enterprise_id
            and other.in_force
    )
