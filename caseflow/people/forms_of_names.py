"""Forms of one name that no rule of spelling finds: one name a line, the usual form first.

Besides the English short names that the ``nicknames`` library lists. From spellings met in this
country's Somali, Polish, West African, Irish, South Asian and Eritrean families.
"""

_FORMS = """
mohammed mohamed muhammad maxamed mo moh mohd mhd md muhd mehmet mamadou
mahmood mahmud mohamud maxamuud
ahmed axmed ahmet
ali cali
omar cumar umar
osman cusmaan usman uthman othman ousmane
abdi cabdi
abdullahi cabdullaahi abdilahi
hassan xasan hasan
hussein xuseen hussain husayn
halima xaliimo halimo
farah faarax
asha caasha
jama jaamac
isse ciise issa eisa
said saciid saeed
ismail ismaaciil
fatima faadumo fadumo fatuma fatoumata fatou
noor nuur nur
ibrahim ebrima ibrahima ebrahim
diallo jallow jalloh
barry bari
reza rida riza
singh simh sing
krzysztof krzys krzysiek christopher
malgorzata gosia malgosia margaret
katarzyna kasia katherine
jakub kuba jacob
aleksandra ola alexandra
aleksander olek alexander sasha
agnieszka aga agnes
joanna asia joasia
wojciech wojtek
tomasz tomek thomas
piotr piotrek peter
pawel paul
michal michael mikael
jan janek john
stanislaw staszek
zuzanna zuzia susan
magdalena magda
anna ania
barbara basia
grzegorz grzesiek gregory
andrzej andrew
siobhan shivaun chevonne
niamh neve neeve
caoimhe keeva kiva
aoife eefa
sean shaun shawn
ciaran kieran
tewodros theodros teddy
gebre ghebre
emeka chukwuemeka
"""
_GROUPS = [tuple(line.split()) for line in _FORMS.split("\n") if line]


def _by_form() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for group in _GROUPS:
        for form in group:
            found[form] = (*found.get(form, ()), *group)
    return found


# Form → every form of that name.
FORMS = _by_form()
