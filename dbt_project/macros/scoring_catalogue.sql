{#- The catalogue version in force, read from the CSV files in ECR_CATALOGUE_DIR when a model runs. The files are checked
    by `orchestration.catalogue` before any month is built; what is read here is well formed. -#}

{#- Rows of one catalogue file as a list of dictionaries, all values text. `every_version` reads the file of every
    version of the jurisdiction, in force or not. Empty while dbt only parses. -#}
{% macro catalogue_rows(file, every_version=false) -%}
    {%- if not execute -%}
        {{ return([]) }}
    {%- endif -%}
    {%- set folder = env_var("ECR_CATALOGUE_DIR", "") -%}
    {%- if every_version -%}
        {%- set folder = folder.rsplit("/", 1)[0] ~ "/*" -%}
    {%- endif -%}
    {%- set found = run_query("select * from " ~ text_table(folder ~ "/" ~ file ~ ".csv")) -%}
    {%- set rows = [] -%}
    {%- for row in found.rows -%}
        {%- do rows.append(dict(zip(found.column_names, row.values()))) -%}
    {%- endfor -%}
    {{ return(rows) }}
{%- endmacro %}

{#- A CSV file as a table of texts with the column `filename`; the one place here where engines differ. -#}
{% macro text_table(path) -%}
    {{ return(adapter.dispatch("text_table")(path)) }}
{%- endmacro %}

{% macro duckdb__text_table(path) -%}
    {{ return("read_csv('" ~ path ~ "', header = true, all_varchar = true, filename = true)") }}
{%- endmacro %}

{#- Name of the version in force: its folder is called so. -#}
{% macro catalogue_version() -%}
    {{ return(env_var("ECR_CATALOGUE_DIR", "").split("/")[-1]) }}
{%- endmacro %}

{#- Codes of all indicators that any version knows, sorted: the wide tables have columns for each, so that they keep
    their shape when a version comes or goes. -#}
{% macro known_codes() -%}
    {%- set codes = [] -%}
    {%- for row in catalogue_rows("indicators", every_version=true) -%}
        {%- if row["code"] not in codes -%}{%- do codes.append(row["code"]) -%}{%- endif -%}
    {%- endfor -%}
    {{ return(codes | sort) }}
{%- endmacro %}

{#- Versions in which an indicator is in force: code -> list of versions. -#}
{% macro versions_of_codes() -%}
    {%- set versions = {} -%}
    {%- for row in catalogue_rows("indicators", every_version=true) -%}
        {%- do versions.setdefault(row["code"], []).append(version_of(row)) -%}
    {%- endfor -%}
    {{ return(versions) }}
{%- endmacro %}

{#- Everything the score needs of the version in force:
      indicators  code -> {weight, kind, bands: [{band, upper, category, points}], offsets: bool}, sorted by code
      caps        level code -> {cap, floor}
    `offsets` is true where a band takes points away. -#}
{% macro scoring_rules() -%}
    {{ return(rules_of_versions(every_version=false).get(catalogue_version(), {"indicators": {}, "caps": {}})) }}
{%- endmacro %}

{#- The same for each version of the jurisdiction: version -> rules. -#}
{% macro rules_of_versions(every_version=true) -%}
    {%- set versions = {} -%}
    {%- for row in catalogue_rows("indicators", every_version) | sort(attribute="code") -%}
        {%- set rules = versions.setdefault(version_of(row), {"indicators": {}, "caps": {}}) -%}
        {%- do rules["indicators"].update({row["code"]: dict(row, bands=[], offsets=false)}) -%}
    {%- endfor -%}
    {%- for row in catalogue_rows("bands", every_version) -%}
        {%- set indicator = versions[version_of(row)]["indicators"][row["code"]] -%}
        {%- set points = (indicator["weight"] | float) * (row["risk"] | float) / 100 -%}
        {%- do indicator["bands"].append(dict(row, band=row["band"] | int, points="%.2f" | format(points))) -%}
        {%- if points < 0 -%}{%- do indicator.update({"offsets": true}) -%}{%- endif -%}
    {%- endfor -%}
    {%- for row in catalogue_rows("levels", every_version) -%}
        {%- do versions[version_of(row)]["caps"].update({row["code"]: row}) -%}
    {%- endfor -%}
    {{ return(versions) }}
{%- endmacro %}

{#- Version that a row of a catalogue file is of: its folder is called so. -#}
{% macro version_of(row) -%}
    {{ return(row["filename"].split("/")[-2]) }}
{%- endmacro %}

{#- The model of a list that computes an indicator: it is named by the level-2 code. -#}
{% macro level2_model(models, code) -%}
    {%- for model in models if model.startswith(code[:5] | lower ~ "_") -%}
        {{ return(model) }}
    {%- endfor -%}
    {{ exceptions.raise_compiler_error(
        code ~ " belongs to " ~ code[:5] ~ ", which has no model; add one and name it in enterprise_values.sql."
    ) }}
{%- endmacro %}

{#- One row for each of `rows`, lists of SQL expressions, as a struct with the fields `columns`; to be selected once. -#}
{% macro rows_of(columns, rows) -%}
    {{ return(adapter.dispatch("rows_of")(columns, rows)) }}
{%- endmacro %}

{% macro duckdb__rows_of(columns, rows) -%}
    {%- set structs = [] -%}
    {%- for row in rows -%}
        {%- set fields = [] -%}
        {%- for name, expression in zip(columns, row) -%}{%- do fields.append(name ~ " := " ~ expression) -%}{%- endfor -%}
        {%- do structs.append("struct_pack(" ~ fields | join(", ") ~ ")") -%}
    {%- endfor -%}
    {{ return("unnest([" ~ structs | join(",\n            ") ~ "])") }}
{%- endmacro %}

{% macro spark__rows_of(columns, rows) -%}
    {%- set structs = [] -%}
    {%- for row in rows -%}
        {%- set fields = [] -%}
        {%- for name, expression in zip(columns, row) -%}{%- do fields.append(expression ~ " as " ~ name) -%}{%- endfor -%}
        {%- do structs.append("struct(" ~ fields | join(", ") ~ ")") -%}
    {%- endfor -%}
    {{ return("explode(array(" ~ structs | join(",\n            ") ~ "))") }}
{%- endmacro %}
