//! What fits, and what is worth giving as a reason.
//!
//! Two listings of one field share words without one answering the other. So what is asked for itself, the subject of
//! its title, has to be there: as what is offered, or beside another of the asked words, told apart from it.

use super::{
    alternatives::is_another,
    answered::{Answered, count},
    aspect::{Aspect, Clue, Role},
    profile::{LevelText, Profile},
    related::kinds,
    score::{How, Rarity, Scored},
    subject::things,
    weights::Weights,
};
use crate::text::{Level, is_kin};

/// How what is offered stands to the subject that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// Nothing names it: a problem told in sentences.
    Unnamed,
    /// It is it, or belongs to it.
    Met,
    /// It is of the same field at best.
    Missed,
}

/// Whether a candidate is said to fit, beside the best of them.
pub(super) fn fits(scored: &Scored, best: f64, weights: &Weights) -> bool {
    let (enough, beside) = match scored.subject {
        Subject::Unnamed => (weights.fits, weights.beside),
        Subject::Met => (weights.subject, weights.beside_subject),
        Subject::Missed => return false,
    };
    scored.evidence >= enough.max(beside * best)
}

/// Whether what is offered is what is asked for; never where it is another thing of its sort (`alternatives.rs`).
pub(super) fn subject(
    asked: &Profile,
    aspects: &[Aspect],
    telling: &[&Answered<'_>],
    candidate: &Profile,
    rarity: &Rarity,
    weights: &Weights,
) -> Subject {
    let subjects: Vec<&Aspect> = aspects.iter().filter(|aspect| aspect.role == Role::Subject).collect();
    if subjects.is_empty() {
        return Subject::Unnamed;
    }
    if asked.kind == candidate.kind {
        // Two of a kind are alike at best; neither is asked for by the other.
        return Subject::Unnamed;
    }
    if is_another(asked, candidate) {
        return Subject::Missed;
    }
    let offered = std::cell::OnceCell::new();
    let is_met = |answer: &&&Answered<'_>| {
        let others = telling.iter().filter(|other| is_exact(other, weights) && is_apart(answer, other));
        let mut beside = others.filter(|other| {
            is_rare(other, rarity)
                && !weights.names_nothing(other.asked)
                // Two things that a title is about do not vouch for each other.
                && other.role != Role::Subject
                && (other.role >= Role::Topic || other.found.prominent)
        });
        if is_named_in_two(answer, candidate, weights) {
            let offered = offered.get_or_init(|| offered_things(candidate, weights));
            if count(&answer.found.clue, offered, 1.0).0 > 0.0 {
                return true;
            }
        }
        if is_near(answer) && !is_exact(answer, weights) {
            // Something to it, where something else that is asked for is what is offered, too.
            return answer.found.prominent
                && (beside.any(|other| other.role >= Role::Topic && other.found.prominent)
                    || is_asked_as_one(answer, telling));
        }
        if !is_exact(answer, weights) {
            return false;
        }
        // What no glossary knows may be half a word.
        let is_thing = answer.meant && !is_class(answer.asked, &subjects, weights);
        let offered = offered.get_or_init(|| offered_things(candidate, weights));
        if is_thing && count(&answer.found.clue, offered, 1.0).0 > 0.0 {
            return true;
        }
        // A kind of it that hardly anything is about is it; of a class there are too many.
        let is_kind = answer.how == How::Narrower && !has_many_kinds(answer.asked, &subjects, weights);
        if is_kind && answer.found.prominent && answer.found.rare >= SELDOM * rarity.most() {
            return true;
        }
        beside.any(|other| answer.found.prominent || other.found.prominent)
    };
    let met = telling.iter().filter(|answer| answer.role == Role::Subject).any(|answer| is_met(&answer));
    if met { Subject::Met } else { Subject::Missed }
}

/// The thing, a kind of it, or what is left of its word without what is done to it (废水 of 废水处理).
fn is_exact(answer: &Answered<'_>, weights: &Weights) -> bool {
    let rest = answer.asked.strip_prefix(answer.found.word.as_str());
    matches!(answer.how, How::Literal | How::Synonym | How::Narrower)
        || matches!(answer.found.clue, Clue::Meaning(_))
            && rest.is_some_and(|rest| !rest.is_empty() && weights.names_nothing(rest))
}

/// Whether the word ends with what is there, no class of many kinds, and what it has before that stands in the title or
/// the keywords as well: a 空调 for an 电动汽车 is a 汽车空调.
fn is_named_in_two(answer: &Answered<'_>, candidate: &Profile, weights: &Weights) -> bool {
    let (How::Broader | How::Part, Clue::Meaning(term)) = (answer.how, &answer.found.clue) else {
        return false;
    };
    let Some(rest) = answer.asked.strip_suffix(answer.found.word.as_str()) else { return false };
    let says = !rest.is_ascii() && rest.chars().count() > 1 && !weights.names_nothing(rest);
    let mut titles =
        candidate.texts.iter().filter(|text| matches!(text.level, Level::Title | Level::Keywords));
    says && kinds(term) < weights.kinds
        && !Weights::is_class(&answer.found.word)
        && titles.any(|text| text.text.contains(rest))
}

/// What has to do with a thing, is a component of it or has it as one, or what its word ends with.
fn is_near(answer: &Answered<'_>) -> bool {
    match answer.how {
        How::Related | How::Component | How::Whole => true,
        How::Part => answer.asked.ends_with(&answer.found.word),
        How::Literal | How::Synonym | How::Narrower | How::Broader => false,
    }
}

/// Whether what has to do with a thing is itself asked for, and its word there names another thing of the title as well:
/// who asks for 制冷剂 and 检漏 and tells of a 制冷剂泄漏 is answered by a "refrigerant leakage". What ends with the other
/// thing is only a kind of it.
fn is_asked_as_one(answer: &Answered<'_>, telling: &[&Answered<'_>]) -> bool {
    let word = answer.found.word.as_str();
    let mut exact = telling.iter().filter(|other| matches!(other.how, How::Literal | How::Synonym));
    exact.clone().any(|other| other.found.clue == answer.found.clue)
        && exact.any(|other| {
            let part = other.found.word.as_str();
            other.role == Role::Topic && word != part && word.contains(part) && !word.ends_with(part)
        })
}

/// One word there answers one word asked: 锂离子电池 is not at once the 电池 and what has to do with 热失控.
fn is_apart(one: &Answered<'_>, other: &Answered<'_>) -> bool {
    let share = |a: &str, b: &str| a.contains(b) || b.contains(a);
    !share(one.asked, other.asked) && !share(&one.found.word, &other.found.word)
}

/// Whether it is a class of many kinds (传感器, 焊接).
fn has_many_kinds(asked: &str, subjects: &[&Aspect], weights: &Weights) -> bool {
    let aspect = subjects.iter().find(|aspect| aspect.text == asked);
    let is_told =
        |term: &str| kinds(term) >= weights.kinds || Weights::is_class(term.trim_start_matches('~'));
    Weights::is_class(asked) || aspect.and_then(|aspect| aspect.meaning()).is_some_and(is_told)
}

/// Whether it names no thing by itself: a class, but for a compound of two words that say something (废气净化).
fn is_class(asked: &str, subjects: &[&Aspect], weights: &Weights) -> bool {
    let Some(aspect) = subjects.iter().find(|aspect| aspect.text == asked) else { return true };
    let parts = aspect.answers.iter().filter(|answer| answer.how == How::Part && answer.share < 1.0);
    let is_compound = parts.filter(|part| !part.clue.says_little(weights)).count() > 1;
    asked.chars().count() < 2 || has_many_kinds(asked, subjects, weights) && !is_compound && !aspect.only
}

/// The things that a candidate's title is about, as a text.
fn offered_things(candidate: &Profile, weights: &Weights) -> LevelText {
    let mut text = LevelText::empty(Level::Title);
    for own in candidate.texts.iter().filter(|text| text.level == Level::Title) {
        for line in own.text.lines() {
            for thing in things(line, weights) {
                text.add(&super::aspect::written(&thing));
            }
        }
    }
    text
}

/// And this rare to be enough alone.
const SELDOM: f64 = 0.75;

/// Words have to be this rare, of what is rarest, to be given as a reason.
const RARE: f64 = 0.45;

/// Whether what is there is not met everywhere.
fn is_rare(answer: &Answered<'_>, rarity: &Rarity) -> bool {
    answer.found.rare >= RARE * rarity.most()
}

/// As what an answer is told: words that only go together are no one thing, whatever they weigh.
pub(super) fn told_as(answer: &Answered<'_>) -> How {
    match (&answer.found.clue, answer.how) {
        (Clue::Meaning(term), How::Synonym) if is_kin(term) && answer.asked != answer.found.word => {
            How::Related
        }
        (_, how) => how,
    }
}

/// Whether an answer says enough to be given as a reason: a word that is not met everywhere, unless it is the thing
/// itself that is asked for, and of what only has to
/// do with a word of the title something that is no mere mention; never what is only told to be replaced.
pub(super) fn is_reason(answer: &Answered<'_>, rarity: &Rarity) -> bool {
    let of_title = answer.role >= Role::Topic;
    let worth = match told_as(answer) {
        How::Literal => {
            !Weights::is_aim(answer.asked) && (of_title || answer.meant || answer.found.prominent)
        }
        How::Synonym => !Weights::is_aim(answer.asked),
        How::Narrower => of_title || answer.found.prominent,
        // Words that go together say something of what no title names, too.
        How::Related if answer.how == How::Synonym => of_title || answer.found.prominent,
        How::Part | How::Broader | How::Component | How::Whole | How::Related => {
            of_title && answer.found.prominent
        }
    };
    let is_asked = answer.role == Role::Subject && matches!(answer.how, How::Literal | How::Synonym);
    worth && (is_asked || is_rare(answer, rarity)) && !answer.found.replaced
}
