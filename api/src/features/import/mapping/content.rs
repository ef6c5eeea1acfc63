//! The content of each kind, from the cells of a row.

use std::str::FromStr;

use techmart_entity::{
    Day,
    achievement::AchievementContent,
    demand::{CollectedBy, DemandContent, DemandType},
    listing::{Audience, Contact, Content, ListingKind},
    provider::{ProviderContent, ProviderType, Qualification, Service},
    value::{
        code_list::Coded,
        cooperation::CooperationReading,
        dates::Span,
        field::{Field, FieldReading, IndustryCode, ZoneIndustry},
        ip::IpRight,
        maturity::Maturity,
        money::Price,
        patent::PatentNumber,
        title_key::clean_text,
    },
};

use super::{
    cells::{Cells, Said},
    column::Column,
    note,
};
use crate::{features::code_list, say};

/// The most characters of a source's words that are kept beside what was read from them.
const RAW: usize = 200;
const RAW_MATURITY: usize = 100;

/// Reads the content of a row of that kind.
pub fn read(cells: &mut Cells, kind: ListingKind, title: String, team: Option<String>) -> Content {
    match kind {
        ListingKind::Achievement => achievement(cells, title, team).into(),
        ListingKind::Demand => demand(cells, title).into(),
        ListingKind::Provider => provider(cells, title).into(),
    }
}

fn achievement(cells: &mut Cells, title: String, team: Option<String>) -> AchievementContent {
    let field = field(cells);
    let maturity = maturity(cells);
    let cooperation = cooperation(cells);
    let (price, price_raw) = price(cells);
    let language = language(cells);
    let (keywords, keywords_en) = keywords(cells, language.as_deref());
    if let Some(said) = cooperation.said.filter(|_| cooperation.reading.bounty) {
        cells.not_understood(&said, "cooperation", "成果没有悬赏一项", "an achievement has no bounty");
    }
    AchievementContent {
        title: Some(title),
        title_en: cells.line(Column::TitleEn, 300),
        summary: cells.prose(Column::Summary, 2000),
        detail: cells.prose(Column::Detail, 20000),
        problem_solved: cells.prose(Column::ProblemSolved, 5000),
        advantage: cells.prose(Column::Advantage, 5000),
        economics: cells.prose(Column::Economics, 5000),
        scenarios: cells.prose(Column::Scenarios, 5000),
        keywords,
        keywords_en,
        field: field.field,
        field_raw: field.raw,
        industry_codes: field.industry.into_iter().collect(),
        zone_industry: field.zone,
        maturity_raw: maturity.raw,
        trl: maturity.reading.as_ref().and_then(|reading| reading.trl),
        trl_basis: maturity.reading.and_then(|reading| reading.basis),
        ip: patents(cells),
        cooperation_modes: cooperation.reading.modes,
        cooperation_raw: cooperation.raw,
        sale_method: cooperation.reading.sale_method,
        price,
        price_raw,
        registration_no: cells.line(Column::RegistrationNo, 100),
        evaluation: None,
        team: cells.prose(Column::Team, 2000).or(team),
        demo_history: cells.prose(Column::DemoHistory, 5000),
        contact: contact(cells),
        visibility: audience(cells, &[Audience::Public, Audience::SignedIn, Audience::Parties]),
        language,
    }
}

fn demand(cells: &mut Cells, title: String) -> DemandContent {
    let field = field(cells);
    let cooperation = cooperation(cells);
    let (budget, budget_raw) = price(cells);
    let language = language(cells);
    let (keywords, keywords_en) = keywords(cells, language.as_deref());
    let (start_on, deadline_on) = days(cells);
    if let Some(said) = cooperation.said.filter(|_| cooperation.reading.sale_method.is_some()) {
        cells.not_understood(
            &said,
            "cooperation",
            "需求没有交易方式一项",
            "a demand has no way of being sold",
        );
    }
    let bounty = bounty(cells).or(cooperation.reading.bounty.then_some(true));
    DemandContent {
        title: Some(title),
        title_en: cells.line(Column::TitleEn, 300),
        summary: cells.prose(Column::Summary, 2000),
        demand_type: code::<DemandType>(cells, Column::DemandType),
        background: cells.prose(Column::Background, 5000),
        // A source that describes a demand in one text describes its problem.
        problem: cells.prose(Column::Problem, 10000).or_else(|| cells.prose(Column::Detail, 10000)),
        target: cells.prose(Column::Target, 10000),
        indicators: Vec::new(),
        current_state: cells.prose(Column::CurrentState, 5000),
        cooperation_modes: cooperation.reading.modes,
        cooperation_raw: cooperation.raw,
        budget,
        budget_raw,
        bounty,
        start_on,
        deadline_on,
        maturity_raw: words(cells, Column::Maturity, RAW_MATURITY),
        field: field.field,
        field_raw: field.raw,
        industry_code: field.industry,
        zone_industry: field.zone,
        keywords,
        keywords_en,
        town: town(cells),
        collected_by: Some(CollectedBy::Import),
        contact: contact(cells),
        publicity: audience(cells, &[Audience::Public, Audience::Anonymous, Audience::Unlisted]),
        language,
    }
}

fn provider(cells: &mut Cells, title: String) -> ProviderContent {
    let language = language(cells);
    let (keywords, keywords_en) = keywords(cells, language.as_deref());
    let (types, field, field_raw) = provider_types(cells);
    let service = |name| Service { name, description: None, price: None, unit: None, turnaround: None };
    let qualification = |name| Qualification { name, number: None, issuer: None, valid_to: None };
    ProviderContent {
        title: Some(title),
        title_en: cells.line(Column::TitleEn, 300),
        summary: cells.prose(Column::Summary, 2000),
        detail: cells.prose(Column::Detail, 20000),
        types,
        field_raw,
        field,
        services: cells.words(Column::Services, 50, 100).into_iter().map(service).collect(),
        qualifications: cells.words(Column::Qualifications, 50, 200).into_iter().map(qualification).collect(),
        keywords,
        keywords_en,
        maturity_raw: words(cells, Column::Maturity, RAW_MATURITY),
        cooperation_raw: words(cells, Column::Cooperation, RAW),
        price_raw: words(cells, Column::Price, RAW),
        performance: cells.prose(Column::Performance, 5000),
        contact: contact(cells),
        language,
    }
}

/// A source's words, kept and not read.
fn words(cells: &mut Cells, column: Column, limit: usize) -> Option<String> {
    let said = cells.said(column)?;
    Some(cells.kept(&said, limit))
}

struct FieldPart {
    field: Option<Field>,
    raw: Option<String>,
    industry: Option<String>,
    zone: Option<ZoneIndustry>,
}

fn field(cells: &mut Cells) -> FieldPart {
    let said = cells.said(Column::Field);
    let reading = said.as_ref().map(|said| FieldReading::of(&said.text)).unwrap_or_default();
    if let Some(said) = &said
        && reading.field.is_none()
        && reading.industry_code.is_none()
    {
        cells.not_understood(
            said,
            "field",
            "未能明确对应国家重点支持的高新技术领域",
            "it does not clearly name one of the national fields",
        );
    }
    let raw = said.map(|said| cells.kept(&said, RAW));
    let industry = industry(cells).or(reading.industry_code).map(|code| code.to_string());
    FieldPart { field: reading.field, raw, industry, zone: reading.zone_industry }
}

fn industry(cells: &mut Cells) -> Option<IndustryCode> {
    let said = cells.said(Column::Industry)?;
    let code =
        IndustryCode::from_str(&said.text.to_uppercase()).ok().or_else(|| IndustryCode::read(&said.text));
    if code.is_none() {
        cells.not_understood(
            &said,
            "industry",
            "不是 GB/T 4754 行业名称或代码",
            "it is no industry of GB/T 4754, by name or code",
        );
    }
    code
}

struct MaturityPart {
    reading: Option<Maturity>,
    raw: Option<String>,
}

fn maturity(cells: &mut Cells) -> MaturityPart {
    let stage = cells.said(Column::Maturity);
    let level = cells.said(Column::Trl);
    // A bare figure is a level only under a heading that says so.
    let level_reading = level.as_ref().map(|said| {
        let named = Maturity::of(&format!("TRL {}", said.text));
        if named.trl.is_some() { named } else { Maturity::of(&said.text) }
    });
    let stage_reading = stage.as_ref().map(|said| Maturity::of(&said.text));
    let is_read = |reading: &Option<Maturity>| reading.as_ref().is_some_and(|reading| reading.trl.is_some());
    let reading = if is_read(&level_reading) { level_reading.clone() } else { stage_reading.clone() };
    for (said, own) in [(&stage, &stage_reading), (&level, &level_reading)] {
        if let Some(said) = said
            && !is_read(own)
        {
            cells.not_understood(
                said,
                "maturity",
                "未能对应技术成熟度等级（1-9）",
                "it names no technology readiness level (1-9)",
            );
        }
    }
    let raw = stage.or(level).map(|said| cells.kept(&said, RAW_MATURITY));
    MaturityPart { reading, raw }
}

struct CooperationPart {
    reading: CooperationReading,
    said: Option<Said>,
    raw: Option<String>,
}

fn cooperation(cells: &mut Cells) -> CooperationPart {
    let Some(said) = cells.said(Column::Cooperation) else {
        return CooperationPart { reading: CooperationReading::default(), said: None, raw: None };
    };
    let reading = CooperationReading::of(&said.text);
    for part in &reading.unknown {
        let part = Said { column: said.column.clone(), text: part.clone(), words: None };
        cells.not_understood(&part, "cooperation", "未能对应合作方式", "it names no way of cooperating");
    }
    let raw = cells.kept(&said, RAW);
    CooperationPart { reading, said: Some(said), raw: Some(raw) }
}

fn price(cells: &mut Cells) -> (Option<Price>, Option<String>) {
    let Some(mut said) = cells.said(Column::Price) else { return (None, None) };
    // A bare figure is of the unit that its heading names.
    if said.column.contains("万元") && said.text.parse::<f64>().is_ok() {
        said.text.push_str("万元");
    }
    let price = match Price::read(&said.text) {
        Ok(price) => Some(price),
        Err(fault) => {
            let words = fault.to_string();
            let (zh, en) = words.split_once(" / ").unwrap_or((&words, &words));
            cells.not_understood(&said, "price", zh, en);
            None
        }
    };
    (price, Some(cells.kept(&said, RAW)))
}

fn language(cells: &mut Cells) -> Option<String> {
    let said = cells.said(Column::Language)?;
    let tag = said.text.to_ascii_lowercase();
    match tag.as_str() {
        "zh" | "中文" | "汉语" | "chinese" => return Some("zh".to_owned()),
        "en" | "英文" | "英语" | "english" => return Some("en".to_owned()),
        _ => {}
    }
    let parts: Vec<&str> = tag.split(['-', '_']).collect();
    let is_tag = tag.len() <= 20
        && parts.first().is_some_and(|part| (2..=3).contains(&part.len()))
        && parts.iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric()));
    if is_tag {
        return Some(parts.join("-"));
    }
    cells.not_understood(
        &said,
        "language",
        "不是语言代码，例如 zh、en",
        "it is no language tag such as zh or en",
    );
    None
}

/// Keywords of an English row are English ones.
fn keywords(cells: &mut Cells, language: Option<&str>) -> (Vec<String>, Vec<String>) {
    let words = cells.words(Column::Keywords, 30, 50);
    let english = cells.words(Column::KeywordsEn, 30, 50);
    let is_english = language.is_some_and(|tag| tag == "en" || tag.starts_with("en-"));
    if is_english && english.is_empty() { (Vec::new(), words) } else { (words, english) }
}

fn patents(cells: &mut Cells) -> Vec<IpRight> {
    let column = cells.name_of(Column::Patent).unwrap_or_default().to_owned();
    let mut rights = Vec::new();
    for number in cells.words(Column::Patent, 50, 100) {
        match number.parse::<PatentNumber>() {
            Ok(patent) => rights.push(IpRight {
                ip_type: patent.ip_type(),
                number: Some(number),
                status: None,
                owner: None,
                expires_on: None,
            }),
            Err(fault) => {
                let said = Said { column: column.clone(), text: number, words: None };
                let words = fault.to_string();
                let (zh, en) = words.split_once(" / ").unwrap_or((&words, &words));
                cells.not_understood(&said, "patent_number", zh, en);
            }
        }
    }
    rights
}

fn bounty(cells: &mut Cells) -> Option<bool> {
    let said = cells.said(Column::Bounty)?;
    match said.text.to_lowercase().as_str() {
        "true" | "yes" | "是" => Some(true),
        "false" | "no" | "否" => Some(false),
        _ => {
            cells.not_understood(&said, "bounty", "应为是或否", "it should be yes or no");
            None
        }
    }
}

/// The days of a demand: in columns of their own, or as one period.
fn days(cells: &mut Cells) -> (Option<Day>, Option<Day>) {
    let period = span(cells, Column::Period).filter(|span| span.first != span.last);
    let start = span(cells, Column::StartOn).and_then(Span::day).or(period.map(|span| span.first));
    let end = span(cells, Column::DeadlineOn).and_then(Span::day).or(period.map(|span| span.last));
    match (start, end) {
        (Some(first), Some(last)) if last < first => {
            let column = cells.name_of(Column::DeadlineOn).or(cells.name_of(Column::StartOn));
            let note = note(
                column,
                "date",
                say!(
                    "截止日 {last} 早于开始日 {first}，两者留空。",
                    "The deadline {last} is before the start {first}; both stay empty."
                ),
            );
            cells.note(note);
            (None, None)
        }
        days => days,
    }
}

fn span(cells: &mut Cells, column: Column) -> Option<Span> {
    let said = cells.said(column)?;
    let span = Span::of(&said.text);
    // A deadline is one day; a month or a year is none.
    if span.is_none_or(|span| column != Column::Period && span.day().is_none()) {
        cells.not_understood(&said, "date", "未能读作日期", "it was not read as a day");
    }
    span
}

fn town(cells: &mut Cells) -> Option<String> {
    let said = cells.said(Column::Town)?;
    let word = clean_text(&said.text);
    let list = code_list::find("town").map(|ready| ready.list.items.as_slice()).unwrap_or_default();
    let found =
        list.iter().find(|item| item.code == word || item.zh == word || item.en.eq_ignore_ascii_case(&word));
    if found.is_none() {
        cells.not_understood(&said, "town", "不在 town 代码表中", "it is not in the code list town");
    }
    found.map(|item| item.code.clone())
}

/// A value of a list, by its code or one of its labels.
fn coded<T: Coded>(word: &str) -> Option<T> {
    let word = clean_text(word);
    let same = |label: &str| label.eq_ignore_ascii_case(&word);
    T::ALL.iter().copied().find(|item| same(item.code()) || same(item.label_zh()) || same(item.label_en()))
}

fn code<T: Coded>(cells: &mut Cells, column: Column) -> Option<T> {
    let said = cells.said(column)?;
    let found = coded(&said.text);
    if found.is_none() {
        cells.not_understood(&said, T::LIST, "不在代码表中", "it is in no code list");
    }
    found
}

fn audience(cells: &mut Cells, allowed: &[Audience]) -> Option<Audience> {
    let said = cells.said(Column::Publicity)?;
    let found = coded::<Audience>(&said.text).filter(|audience| allowed.contains(audience));
    if found.is_none() {
        cells.not_understood(&said, "audience", "未能对应公开方式", "it names no audience");
    }
    found
}

fn contact(cells: &mut Cells) -> Option<Contact> {
    let contact = Contact {
        name: cells.line(Column::ContactName, 100),
        phone: cells.line(Column::ContactPhone, 50),
        email: cells.line(Column::ContactEmail, 254),
        wechat: cells.line(Column::ContactWechat, 100),
    };
    (contact != Contact::default()).then_some(contact)
}

/// A provider's field says as a rule what it does: its types of service. What names none is read as a
/// field of technology.
fn provider_types(cells: &mut Cells) -> (Vec<ProviderType>, Option<Field>, Option<String>) {
    let mut types: Vec<ProviderType> = Vec::new();
    let mut field = None;
    let mut raw = None;
    for column in [Column::ProviderTypes, Column::Field] {
        let Some(said) = cells.said(column) else { continue };
        let mut unknown = Vec::new();
        for part in said.text.split(['/', '／', ';', '；', '、', ',', '，']).map(str::trim) {
            match provider_type(part) {
                Some(found) if types.contains(&found) => {}
                Some(found) => types.push(found),
                None if part.is_empty() => {}
                None => unknown.push(part.to_owned()),
            }
        }
        if column == Column::Field && !unknown.is_empty() {
            field = FieldReading::of(&unknown.join("/")).field;
        }
        if field.is_none() {
            for part in unknown {
                let part = Said { column: said.column.clone(), text: part, words: None };
                cells.not_understood(
                    &part,
                    "provider_type",
                    "未能对应服务类型",
                    "it names no type of service",
                );
            }
        }
        if raw.is_none() || column == Column::Field {
            raw = Some(cells.kept(&said, RAW));
        }
    }
    (types, field, raw)
}

fn provider_type(word: &str) -> Option<ProviderType> {
    if let Some(found) = coded(word) {
        return Some(found);
    }
    // 成果（技术）交易 is 成果交易 with a word in brackets.
    match word {
        "成果（技术）交易" | "成果(技术)交易" | "技术交易" | "成果转化" => {
            Some(ProviderType::AchievementTrading)
        }
        "检验检测" | "研究开发" => Some(ProviderType::Testing),
        "知识产权服务" => Some(ProviderType::IntellectualProperty),
        "科技企业孵化" | "孵化" => Some(ProviderType::Incubation),
        _ => None,
    }
}
