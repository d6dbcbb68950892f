"""Pages of a service that does not exist, as such services write them."""

SHELL = """<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>Mon carnet de soins</title></head><body>
<header><nav><a href="/">Accueil</a> <a href="/aide">Aide et contact</a></nav></header><main>{main}</main>
<footer><a href="/cgu">Conditions d’utilisation</a> <a href="/accessibilite">Accessibilité</a></footer></body></html>
"""
UP = SHELL.format(main="""<h1>M’opposer à mon carnet de soins</h1><p>Vous avez reçu un courrier de votre caisse ? Vous
disposez de six semaines pour vous opposer en ligne à l’ouverture de votre carnet. Munissez-vous de votre carte et
suivez les étapes.</p><form action="/opposition"><label>Numéro <input name="n"></label><button>M’opposer</button></form>
""")
BANNER = "Mon carnet de soins est en maintenance."
MAINTENANCE = SHELL.format(main=f"<h1></h1><p>{BANNER} Nos équipes préparent une mise à jour. Revenez plus tard.</p>")
ERROR = SHELL.format(main="<h1>Erreur interne</h1><p>La demande n’a pas abouti.</p>")
EXPECT = {"contains": ["m'opposer"]}
