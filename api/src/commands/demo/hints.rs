//! What to try: shell commands that walk from a search to a docking that counts. They need bash, curl,
//! sed, grep and printf, and are pasted one after another.

/// What the commands are about.
#[derive(Clone, Debug)]
pub struct Walk<'a> {
    /// Where the service listens.
    pub address: &'a str,
    pub password: &'a str,
    pub enterprise_email: &'a str,
    pub enterprise_id: String,
    pub university_email: &'a str,
    pub university_id: String,
    pub broker_email: &'a str,
    pub second_broker_email: &'a str,
    pub auditor_email: &'a str,
    /// Words that find an achievement which the enterprise has no docking on.
    pub words: &'a str,
}

const SET_UP: &str = r#"API=@ADDRESS@/api/v1 PASSWORD='@PASSWORD@'
ENTERPRISE=@ENTERPRISE_ID@ UNIVERSITY=@UNIVERSITY_ID@
first() { grep -o "\"$1\":\"[^\"]*\"" | sed -n '1s/.*:"\(.*\)"/\1/p'; }
id_in() { grep -o "/$1/[0-9a-f-]*" | sed -n '1s|.*/||p'; }
body() { sed '1,/^[[:space:]]*$/d'; printf '\n'; }
new_key() { printf 'hint-%s-%s-%s' "$(date +%s)" "$RANDOM" "$RANDOM"; }
sign_in() { curl -sS "$API/auth/login" -H 'Content-Type: application/json' \
  -d "{\"email\":\"$1\",\"password\":\"$PASSWORD\"}" | first access_token; }
t4() { curl -sS "$API/progress?plan=demo" | grep -o '"code":"T4",[^[]*' \
  | sed 's/.*"confirmed":\([0-9]*\),"candidate":\([0-9]*\).*/T4: confirmed \1, candidate \2/'; }"#;

const SEARCH: &str = r#"for _ in {1..30}; do
  ANSWER=$(curl -sS --retry 20 --retry-connrefused -G "$API/search" --data-urlencode 'q=@WORDS@' \
    -d kind=achievement -d demo=true -d facets=false)
  ACHIEVEMENT=$(printf '%s' "$ANSWER" | id_in achievements)
  if [ -n "$ACHIEVEMENT" ]; then break; fi; sleep 1
done; printf '%s\n' "$ANSWER""#;

const INTEREST: &str = r#"ANSWER=$(curl -sSi --fail-with-body "$API/dockings" -H "Authorization: Bearer $ENTERPRISE_TOKEN" \
  -H "Acting-Organisation: $ENTERPRISE" -H "Idempotency-Key: $(new_key)" -H 'Content-Type: application/json' \
  -d "{\"achievement_id\":\"$ACHIEVEMENT\",\"message\":\"希望了解样机数据\"}")
printf '%s' "$ANSWER" | body; DOCKING=$(printf '%s' "$ANSWER" | id_in dockings)"#;

const ACCEPT: &str = r#"UNIVERSITY_TOKEN=$(sign_in @UNIVERSITY@)
curl -sS --fail-with-body "$API/dockings/$DOCKING/accept" -H "Authorization: Bearer $UNIVERSITY_TOKEN" \
  -H "Acting-Organisation: $UNIVERSITY" -H "Idempotency-Key: $(new_key)" -H 'Content-Type: application/json' \
  -d '{}'; printf '\n'"#;

const CONTACTS: &str = r#"curl -sS --fail-with-body "$API/dockings/$DOCKING/contacts" -H "Authorization: Bearer $ENTERPRISE_TOKEN" \
  -H "Acting-Organisation: $ENTERPRISE"; printf '\n'"#;

const UPLOAD: &str = r#"ANSWER=$(printf '%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 80]/Contents 4 0 R/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj\n4 0 obj<</Length 43>>stream\nBT /F 12 Tf 20 40 Td (Minutes, demo) Tj ET \nendstream endobj\ntrailer<</Root 1 0 R>>\n%%%%EOF\n' \
  | curl -sSi --fail-with-body "$API/attachments" -H "Authorization: Bearer $ENTERPRISE_TOKEN" \
  -H "Acting-Organisation: $ENTERPRISE" -H "Idempotency-Key: $(new_key)" \
  -F purpose=minutes -F 'file=@-;filename=minutes.pdf;type=application/pdf')
printf '%s' "$ANSWER" | body; MINUTES=$(printf '%s' "$ANSWER" | id_in attachments)"#;

const MEETING: &str = r#"ANSWER=$(curl -sS --fail-with-body "$API/dockings/$DOCKING/meetings" -H "Authorization: Bearer $ENTERPRISE_TOKEN" \
  -H "Acting-Organisation: $ENTERPRISE" -H "Idempotency-Key: $(new_key)" -H 'Content-Type: application/json' \
  -d "{\"held_on\":\"$(TZ=CST-8 date +%F)\",\"mode\":\"on_site\",\"place\":\"服务中心\",\"attendees\":[\"企业技术部\",\"课题组\"],\"summary\":\"交流样机数据\",\"minutes_attachment_id\":\"$MINUTES\"}")
printf '%s\n' "$ANSWER"; MEETING=$(printf '%s' "$ANSWER" | sed 's/.*"meetings":\[//' | first id)"#;

const CONFIRM_MEETING: &str = r#"BROKER_TOKEN=$(sign_in @BROKER@)
curl -sS --fail-with-body -X POST "$API/dockings/$DOCKING/meetings/$MEETING/confirm" \
  -H "Authorization: Bearer $BROKER_TOKEN" -H "Idempotency-Key: $(new_key)"; printf '\n'"#;

const CONFIRM_ENTRY: &str = r#"SECOND_TOKEN=$(sign_in @SECOND_BROKER@)
ENTRY=$(curl -sS --fail-with-body -G "$API/ledger" -d indicator=T4 -d "docking_id=$DOCKING" \
  -H "Authorization: Bearer $SECOND_TOKEN" | first entry_id)
curl -sS --fail-with-body -X POST "$API/ledger/$ENTRY/confirm" -H "Authorization: Bearer $SECOND_TOKEN" \
  -H "Idempotency-Key: $(new_key)"; printf '\n'"#;

const EVIDENCE: &str = r#"curl -sS --fail-with-body -G "$API/progress/T4/units" -d plan=demo -d stage=confirmed \
  -H "Authorization: Bearer $SECOND_TOKEN"; printf '\n'
curl -sS --fail-with-body "$API/ledger/$ENTRY" -H "Authorization: Bearer $SECOND_TOKEN" | grep -o '"evidence":\[[^]]*\]' | sed -n 1p
curl -sS --fail-with-body "$API/attachments/$MINUTES/content" -H "Authorization: Bearer $SECOND_TOKEN" | sed -n 1p"#;

const FREEZE: &str = r#"SNAPSHOT=$(curl -sS --fail-with-body "$API/snapshots" -H "Authorization: Bearer $SECOND_TOKEN" \
  -H "Idempotency-Key: $(new_key)" -H 'Content-Type: application/json' -d '{"plan":"demo"}' | first id)
printf '%s\n' "$API/snapshots/$SNAPSHOT/report.html""#;

const ASSESS: &str = r#"AUDITOR_TOKEN=$(sign_in @AUDITOR@)
ASSESSMENT=$(curl -sS --fail-with-body "$API/assessments" -H "Authorization: Bearer $AUDITOR_TOKEN" \
  -H "Idempotency-Key: $(new_key)" -H 'Content-Type: application/json' \
  -d "{\"snapshot_id\":\"$SNAPSHOT\",\"indicator\":\"T4\",\"seed\":\"demo\"}" | first id)
for POSITION in $(curl -sS "$API/assessments/$ASSESSMENT/items" -H "Authorization: Bearer $AUDITOR_TOKEN" \
  | grep -o '"position":[0-9]*' | sed 's/.*://'); do
  curl -sS --fail-with-body "$API/assessments/$ASSESSMENT/items/$POSITION/judge" -H "Authorization: Bearer $AUDITOR_TOKEN" \
    -H "Idempotency-Key: $(new_key)" -H 'Content-Type: application/json' -d '{"verdict":"accept"}'; printf '\n'
done
curl -sS --fail-with-body "$API/assessments/$ASSESSMENT/sign" -H "Authorization: Bearer $AUDITOR_TOKEN" \
  -H "Idempotency-Key: $(new_key)" -H 'Content-Type: application/json' -d '{"opinion":"抽查全部认可"}'; printf '\n'"#;

/// The commands, each with a line that says what it does. Joined by line breaks they are one script.
#[must_use]
pub fn hints(walk: &Walk<'_>) -> Vec<String> {
    let sign_in = format!("ENTERPRISE_TOKEN=$(sign_in {})", walk.enterprise_email);
    let steps = [
        ("准备：地址、密码和几个小函数", "get ready: address, password, a few small functions", SET_UP),
        ("用中文检索成果，取第一条", "search the achievements in Chinese and take the first", SEARCH),
        ("演示计划的 T4 现在是多少", "where T4 of the demo plan stands now", "t4"),
        ("企业工程师登录", "the enterprise's engineer signs in", sign_in.as_str()),
        ("企业对该成果表达意向", "the enterprise expresses its interest", INTEREST),
        ("高校登录并接受", "the university signs in and accepts", ACCEPT),
        (
            "双方同意后联系方式才公开（每次查看都留痕）",
            "both consented: contacts are revealed, each look logged",
            CONTACTS,
        ),
        ("企业上传会议纪要（PDF）", "the enterprise uploads the minutes, a PDF", UPLOAD),
        ("企业登记会面", "the enterprise records the meeting", MEETING),
        ("技术经理人甲确认会面", "the first broker confirms the meeting", CONFIRM_MEETING),
        ("T4 候选多一项", "T4 has one candidate more", "t4"),
        ("技术经理人乙在台账中确认", "the second broker confirms the count in the ledger", CONFIRM_ENTRY),
        ("T4 已确认多一项", "T4 has one confirmed more", "t4"),
        (
            "每个数字打开到条目，每个条目打开到证据",
            "the figure opens to its units, the unit to its evidence",
            EVIDENCE,
        ),
        (
            "冻结一份报告（在浏览器中打开打印的地址）",
            "freeze a report; open the printed address in a browser",
            FREEZE,
        ),
        ("审计员抽样、查看、认可并签署", "the auditor draws a sample, judges each unit and signs", ASSESS),
    ];
    let steps = steps.iter().enumerate();
    steps
        .map(|(i, (zh, en, command))| format!("# {}. {zh} / {en}\n{}", i + 1, fill_in(command, walk)))
        .collect()
}

fn fill_in(command: &str, walk: &Walk<'_>) -> String {
    [
        ("@ADDRESS@", walk.address),
        ("@PASSWORD@", walk.password),
        ("@ENTERPRISE_ID@", &walk.enterprise_id),
        ("@UNIVERSITY_ID@", &walk.university_id),
        ("@UNIVERSITY@", walk.university_email),
        ("@BROKER@", walk.broker_email),
        ("@SECOND_BROKER@", walk.second_broker_email),
        ("@AUDITOR@", walk.auditor_email),
        ("@WORDS@", walk.words),
    ]
    .iter()
    .fold(command.to_owned(), |text, (mark, value)| text.replace(mark, value))
}
