{#- What H0405 and its evidence share about sampled products (监督抽检). -#}

{#- Result of a row of stg_c08_sampling: 1 passed, 2 failed, else not tested. The recheck (复检) stands before the first
    result, unless it too tested nothing. -#}
{% macro sampling_outcome(sample) -%}
    case
        when {{ sample }}.recheck_result in ('1', '2') then {{ sample }}.recheck_result
        else {{ sample }}.result
    end
{%- endmacro %}

{#- What a recall weighs against others of the same enterprise, from a row of stg_c08_recalls: 1 voluntary (主动召回), 2 ordered
    (责令召回) and completed by the last day of the month, 3 ordered and not completed. -#}
{% macro recall_severity(recall) -%}
    case
        when {{ recall }}.recall_kind <> '2' then 1
        when {{ recall }}.completed_on <= {{ month_end() }} then 2
        else 3
    end
{%- endmacro %}
