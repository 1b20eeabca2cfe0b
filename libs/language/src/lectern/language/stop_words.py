"""Stop words: words to leave out before texts are compared by their words.

How a language breaks its lines is another question, which `function_words` answers.
"""

from __future__ import annotations

_ENGLISH = """
    a about after all also am an and any are as at back be because been before being between both but by can could
    did do does down each even every few first for from get gets give had has have he her here him his how i if in
    into is it its just like look make makes many may me more most much must my next no not now of off on once one
    only or other our out over own part say see she should so some such take takes than that the their them then
    there these they thing things this those three through to too two under up us use used uses very was way we
    well were what when where which who while why will with would you your
"""
_GERMAN = """
    der die das und ist ein eine einen den dem des im in mit von zu auf für nicht auch sich wird werden sind es als
"""
_FRENCH = "le la les un une des du de et est dans sur pour par que qui ce cette se il elle sont en au aux"
_SPANISH = "el los las y es en que por para con del al se su lo como"
_ASKING = """
    a about all am an and animate animated animation are at be between by can class could create did do does explain
    explained explainer explaining explanation for from give happen happens how i in into introduction intro is it
    its kid kids learn lesson let make made mean means me my of on one or our please s see short show simple simply
    so student students tell that the their them there they this to tutorial understand us use used video was way
    we were what when where which who why will with work works working would you your
"""

# Words that carry no meaning of their own, in any of the languages: narration may quote another one.
STOP_WORDS = frozenset(" ".join((_ENGLISH, _GERMAN, _FRENCH, _SPANISH)).split())

# What people who ask for a lesson put around its subject, in English.
QUESTION_WORDS = frozenset(_ASKING.split())
