//! What each mail says, in each language, as its reader would see it.

use convivio_domain::words::MailKind;
use convivio_domain::{Line, Locale, PersonName, Title};
use convivio_mail::{Mail, Rendered, render};

fn samples() -> impl Iterator<Item = (Locale, Mail)> {
    Locale::ALL.iter().flat_map(|locale| Mail::samples(*locale).into_iter().map(move |mail| (*locale, mail)))
}

fn rendered(mail: &Mail, locale: Locale) -> Rendered {
    render(mail, locale).unwrap_or_else(|err| panic!("{} {locale}: {err}", mail.kind()))
}

fn sample(kind: MailKind, locale: Locale) -> Mail {
    Mail::samples(locale).into_iter().find(|mail| mail.kind() == kind).unwrap()
}

#[test]
fn every_mail_reads_as_it_was_written() {
    for (locale, mail) in samples() {
        let name = format!("{}-{locale}", mail.kind());
        let said = rendered(&mail, locale);
        insta::assert_snapshot!(format!("{name}.txt"), format!("Subject: {}\n\n{}", said.subject, said.text));
        insta::assert_snapshot!(format!("{name}.html"), said.html);
        if let Some(calendar) = said.calendar {
            insta::assert_snapshot!(format!("{name}.ics"), calendar);
        }
    }
}

#[test]
fn there_is_a_sample_of_each_mail() {
    for locale in Locale::ALL {
        let kinds: Vec<MailKind> = Mail::samples(*locale).iter().map(Mail::kind).collect();
        assert_eq!(kinds, MailKind::ALL);
    }
}
