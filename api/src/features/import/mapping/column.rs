//! The columns, and the names that sources give them.

macro_rules! columns {
    ($($column:ident: $($name:literal)+;)+) => {
        /// What a column is about.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Column { $($column),+ }

        /// The names as [`Column::named`] compares them.
        const NAMES: &[(Column, &[&str])] = &[$((Column::$column, &[$($name),+])),+];
    };
}

columns! {
    Kind: "kind" "listing_kind" "类别" "信息类型" "条目类型";
    Title: "title" "name" "名称" "标题" "题目" "成果名称" "需求名称" "项目名称" "机构名称";
    TitleEn: "title_en" "name_en" "英文名称" "英文标题";
    Summary: "summary" "abstract" "简介" "摘要" "概述" "成果简介" "需求简介" "机构简介";
    Detail: "detail" "details" "description" "content" "详情" "详细介绍" "内容" "描述" "成果介绍";
    Organisation: "organisation" "organization" "owner" "company" "institution" "单位" "单位名称" "所属单位"
        "完成单位" "持有单位" "需求单位" "企业" "企业名称" "发布单位";
    Field: "field" "technical_field" "领域" "技术领域" "所属领域" "应用领域" "行业领域";
    Industry: "industry" "industry_code" "industry_codes" "行业" "所属行业" "行业代码";
    Maturity: "maturity" "stage" "成熟度" "技术成熟度" "所处阶段" "成果阶段";
    Trl: "trl" "trl等级" "技术成熟度等级" "技术就绪度";
    Cooperation: "cooperation" "cooperation_mode" "cooperation_modes" "合作方式" "合作模式" "转化方式" "交易方式"
        "转让方式";
    Price: "price" "budget" "amount" "价格" "报价" "预算" "转让价格" "意向价格" "交易价格" "投入预算" "拟投入资金";
    Keywords: "keywords" "keyword" "tags" "关键词" "关键字" "标签";
    KeywordsEn: "keywords_en" "英文关键词";
    SourceUrl: "source_url" "url" "link" "来源网址" "来源地址" "网址" "链接" "原文链接";
    SourceSystem: "source_system" "来源系统" "来源平台" "数据来源";
    SourceId: "source_id" "id" "来源编号" "编号";
    Language: "language" "lang" "语言" "语种";
    ProblemSolved: "problem_solved" "解决的问题" "解决问题";
    Advantage: "advantage" "advantages" "技术优势" "创新点" "与现有技术对比";
    Economics: "economics" "经济性" "经济效益" "市场前景";
    Scenarios: "scenarios" "应用场景" "应用范围";
    Team: "team" "团队" "成果完成团队" "完成人" "研发团队";
    DemoHistory: "demo_history" "示范应用" "示范应用情况" "应用案例";
    RegistrationNo: "registration_no" "成果登记号" "登记号";
    Patent: "patent" "patents" "patent_no" "patent_number" "专利号" "专利号码";
    DemandType: "demand_type" "需求类型";
    Background: "background" "背景" "需求背景";
    Problem: "problem" "技术难题" "主要技术难题" "难题" "需求内容";
    Target: "target" "技术目标" "主要技术目标" "预期目标";
    CurrentState: "current_state" "现有基础" "现状";
    Bounty: "bounty" "悬赏" "是否悬赏" "揭榜挂帅";
    StartOn: "start_on" "start_date" "开始日期" "开始时间";
    DeadlineOn: "deadline_on" "deadline" "end_date" "截止日期" "截止时间" "结束日期";
    Period: "period" "起止时间" "起止日期" "有效期" "需求期限";
    Town: "town" "乡镇" "街道" "园区" "所在园区";
    Publicity: "publicity" "visibility" "公开方式" "可见范围";
    ContactName: "contact" "contact_name" "联系人";
    ContactPhone: "phone" "telephone" "mobile" "contact_phone" "联系电话" "电话" "手机";
    ContactEmail: "email" "e_mail" "contact_email" "邮箱" "电子邮箱" "联系邮箱";
    ContactWechat: "wechat" "微信";
    ProviderTypes: "types" "service_types" "服务类型" "服务类别" "机构类型";
    Services: "services" "服务项目" "服务内容";
    Qualifications: "qualifications" "资质" "资质证书";
    Performance: "performance" "业绩" "服务业绩";
}

impl Column {
    /// The column of that name, whatever its case and its separators, and whatever a sheet writes beside
    /// it: a star for what is required, a hint in brackets, English on the next line.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        exactly(name).or_else(|| exactly(bare(name)))
    }

    /// The column that the interface calls so, and nothing else.
    #[must_use]
    pub fn of_field(name: &str) -> Option<Self> {
        NAMES.iter().find(|(_, names)| names.first() == Some(&name)).map(|(column, _)| *column)
    }

    /// The name by which the interface calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        NAMES
            .iter()
            .find(|(column, _)| *column == self)
            .and_then(|(_, names)| names.first())
            .copied()
            .unwrap_or_default()
    }
}

fn exactly(name: &str) -> Option<Column> {
    let folded: String = name
        .trim()
        .trim_start_matches('\u{FEFF}')
        .chars()
        .map(|c| if matches!(c, ' ' | '-') { '_' } else { c.to_ascii_lowercase() })
        .collect();
    NAMES.iter().find(|(_, names)| names.contains(&folded.as_str())).map(|(column, _)| *column)
}

/// A heading without what stands beside the name.
fn bare(name: &str) -> &str {
    let line = name.trim().lines().next().unwrap_or_default();
    let name = line.split(['(', '（', '[', '【']).next().unwrap_or_default();
    name.trim().trim_matches(['*', '＊', ':', '：']).trim()
}

/// The known name that is most like one that is not known.
#[must_use]
pub fn nearest(name: &str) -> Option<&'static str> {
    let name = bare(name).to_lowercase();
    let likeness = |known: &str| {
        let shared = known.chars().filter(|c| name.contains(*c)).count();
        let (length, whole) = (known.chars().count(), name.chars().count());
        // Chinese names are short: the letters that two share say more than their order.
        let overlap = ratio(shared * 2, length + whole);
        // One within the other counts by how much of it that is.
        let contained = length >= 2 && (name.contains(known) || known.contains(&name));
        let within = if contained { 0.2 * ratio(length.min(whole), length.max(whole)) } else { 0.0 };
        f64::max(strsim::normalized_damerau_levenshtein(&name, known), overlap) + within
    };
    NAMES
        .iter()
        .flat_map(|(_, names)| names.iter().copied())
        .map(|known| (known, likeness(known)))
        .filter(|(_, likeness)| *likeness >= 0.6)
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(known, _)| known)
}

#[expect(clippy::cast_precision_loss, reason = "names are short")]
fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::{Column, NAMES, nearest};

    #[test]
    fn no_name_stands_for_two_columns() {
        let mut names: Vec<&str> = NAMES.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }

    #[test]
    fn a_name_is_found_whatever_its_case_and_separators() {
        assert_eq!(Column::named(" Source URL "), Some(Column::SourceUrl));
        assert_eq!(Column::named("Source-Id"), Some(Column::SourceId));
        assert_eq!(Column::named("名称"), Some(Column::Title));
        assert_eq!(Column::named("佣金"), None);
        for decorated in ["成果名称*", "成果名称（必填）", "＊成果名称：", "成果名称\nTitle", "预算(万元)"]
        {
            assert!(Column::named(decorated).is_some(), "{decorated}");
        }
    }

    #[test]
    fn an_unknown_name_is_told_the_nearest_one() {
        assert_eq!(nearest("成果的名称"), Some("成果名称"));
        assert_eq!(nearest("联系人电话"), Some("联系电话"));
        assert_eq!(nearest("summry"), Some("summary"));
        assert_eq!(nearest("佣金"), None);
    }
}
