{#- Numbers inside an indicator's rule that the regulator may change: parameters.csv of the catalogue version in force. -#}

{#- A parameter of an indicator, as the number is written in the catalogue, e.g. 0.5. -#}
{% macro parameter(indicator, name) -%}
    {%- set values = fromjson(env_var("ECR_PARAMETERS", "{}")).get(indicator, {}) -%}
    {%- if name not in values and execute -%}
        {{ exceptions.raise_compiler_error(
            "The catalogue has no parameter " ~ name ~ " of " ~ indicator
            ~ "; add it to parameters.csv beside indicators.csv."
        ) }}
    {%- endif -%}
    {{ values.get(name, 1) }}
{%- endmacro %}
