using System.IO.Compression;
using System.Text;

namespace EndToEnd.Tests.Malformed;

/// <summary>Bodies that are no JSON, for routes that take JSON and for routes that take a file or a form.</summary>
internal static class OtherBodies
{
    private const string Boundary = "----relais";

    private static readonly string[] Xml =
    [
        "<?xml version=\"1.0\"?><campaign><name>x</name></campaign>",
        "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;\">" +
        "<!ENTITY c \"&b;&b;&b;&b;&b;\">]><a>&c;</a>",
        "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>",
        "<html><body>\u00e9</body></html>", "<", "<!--", "<![CDATA[",
    ];

    private static readonly string[] Rows =
    [
        "620000001;Awa", "620000001;", ";", ";;;;;;;;", "\"620000001;Awa", "620000001\";\"Awa", "\"a\"b\";c", "abc;Awa",
        "=cmd|' /C calc'!A0;Awa", "+224;Awa", "620000001;Awa;trop;encore", "\0;\0", "\ufeff620000001;Awa",
        "999999999999999999999999;x", "620 00 00 01;'; drop table contacts; --", "620000001;\"a\nb\n\nc\"", "620000001,Awa",
        "620000001\tAwa", "\r", "", "  ;  ", "+33 6 12 34 56 78;Zoé", "00224620000001;\ud83d\ude00",
    ];

    private static readonly string[] Heads =
    [
        "phone;prénom", "phone", "téléphone;nom;tags", "phone;phone", "", ";", "rien;du;tout", "\ufeffphone;nom", "\"phone\";\"nom",
        "phone,nom", "phone;" + new string('x', 300), "PHONE;\0",
    ];

    private static readonly (int Share, Fault Choice)[] Strange =
    [
        (3, Of("XML", "application/xml", (_, dice) => Encoding.UTF8.GetBytes(dice.Of(Xml)))),
        (3,
            Of(
                "form", "application/x-www-form-urlencoded",
                (_, dice) =>
                    Encoding.UTF8.GetBytes(
                        dice.Of("name=x&role=owner", "a=%", "a=%zz&%00=%00", "&&&===", "{\"name\":\"x\"}", "%ff%fe=%c0%80", "a&b&c")))),
        (2, Of("noise", "application/octet-stream", (_, dice) => dice.Bytes(dice.Of(1, 16, 1_000, 50_000)))),
        (2, Of("gzip rubbish", "application/json", (_, dice) => [0x1f, 0x8b, 0x08, .. dice.Bytes(200)])),
        (1, Of("gzip", "application/json", (_, _) => Gzip("{\"name\":\"x\"}"u8.ToArray()))),
        (1, Of("gzip bomb", "application/json", (_, _) => Gzip(new byte[5_000_000]))),
        (1,
            Of(
                "YAML", "application/yaml",
                (_, _) => "a: &a [x,x]\nb: &b [*a,*a]\n? {complex: key}\n: !!python/object:os.system x\n"u8.ToArray())),
        (1, Of("protobuf", "application/grpc", (_, dice) => [0, 0, 0, 0, 5, 0x0a, 0x03, .. dice.Bytes(3)])),
        (3, Multipart()),
    ];

    private static readonly (int Share, Fault Choice)[] Files =
    [
        (10, Of("CSV, rows", "text/csv", (_, dice) => Encoding.UTF8.GetBytes(Csv(dice)))),
        (2, Of("CSV, Latin-1", "text/csv", (_, dice) => Encoding.Latin1.GetBytes(Csv(dice)))),
        (2,
            Of(
                "CSV, UTF-16", "text/csv",
                (_, dice) => dice.Of(Encoding.Unicode, Encoding.BigEndianUnicode).GetBytes("\ufeff" + Csv(dice)))),
        (2, Of("CSV, noise", "text/csv", (_, dice) => dice.Bytes(dice.Of(1, 100, 5_000)))),
        (1,
            Of(
                "CSV, columns without end", "text/csv",
                (_, dice) =>
                    Encoding.UTF8.GetBytes("phone" + string.Concat(Enumerable.Repeat(dice.Of(";", ";x", ",y"), 10_000)) + "\n620000001"))),
        (1,
            Of(
                "CSV, a huge field", "text/csv",
                (_, dice) => Encoding.UTF8.GetBytes("phone;nom\n620000001;" + (dice.Percent(50) ? "\"" : "") + new string('x', 200_000)))),
        (1, Of("CSV, no bytes", "text/csv", (_, _) => [])),
        (1,
            Of(
                "CSV, line ends", "text/csv",
                (_, dice) =>
                    Encoding.UTF8.GetBytes(
                        string.Concat(Enumerable.Repeat(dice.Of("\r", "\n", "\r\n", "\n\r", ";\r", "\"\n", "\u2028"), 2_000))))),
        (6, Multipart()),
    ];

    private static readonly (int Share, Fault Choice)[] Forms =
    [
        (10, Of("webhook, not signed", "application/x-www-form-urlencoded", (draft, dice) => Webhook(draft, dice, ""))),
        (3,
            Of(
                "webhook, odd escapes", "application/x-www-form-urlencoded",
                (draft, dice) =>
                    Webhook(
                        draft, dice,
                        dice.Of(
                            "&a=%", "&a=%zz", "&%00=%00", "&=", "&&&&", "&a=%c0%80", "&a=%ed%a0%80", "&a=+%2B%", "&a=\0", "&AccountSid=%00",
                            ";b=1")))),
        (2,
            Of(
                "webhook, many parameters", "application/x-www-form-urlencoded",
                (draft, dice) =>
                    Webhook(
                        draft, dice, string.Concat(Enumerable.Range(0, dice.Of(999, 1_001, 5_000)).Select(number => $"&p{number}=1"))))),
        (2,
            Of(
                "webhook, a parameter again and again", "application/x-www-form-urlencoded",
                (draft, dice) => Webhook(draft, dice, string.Concat(Enumerable.Repeat("&AccountSid=AC1", dice.Of(1, 500)))))),
        (1,
            Of(
                "webhook, a huge value", "application/x-www-form-urlencoded",
                (draft, dice) => Webhook(draft, dice, "&Body=" + new string('x', dice.Of(100_000, 256 * 1024))))),
        (1,
            Of(
                "webhook, a huge name", "application/x-www-form-urlencoded",
                (draft, dice) => Webhook(draft, dice, "&" + new string('x', dice.Of(2_048, 2_049, 100_000)) + "=1"))),
        (3,
            Of(
                "webhook, JSON", "application/json",
                (draft, dice) =>
                    Encoding.UTF8.GetBytes(dice.Of(
                        "[]", "null", "{", "{\"AccountSid\":1}", "{\"\\ud800\":1}", "{\"a\":\"\\ud800\"}",
                        $"{{\"AccountSid\":\"{draft.World.AccountSid}\"}}", "{\"AccountSid\":\"\\u0000\"}", new string('[', 10_000))))),
        (1, Of("webhook, nothing", "application/x-www-form-urlencoded", (_, _) => [])),
    ];

    /// <summary>Picks a body that is no JSON, for a route that takes JSON.</summary>
    public static Fault PickStrange(SeededChoices dice) => dice.Weighted(Strange);

    /// <summary>Picks a body for a route that takes a file or a form.</summary>
    public static Fault PickFor(string media, SeededChoices dice) =>
        dice.Weighted(media == "text/csv" ? Files : media == "application/x-www-form-urlencoded" ? Forms : Strange);

    private static Fault Of(string name, string media, Func<RequestSpec, SeededChoices, byte[]> body) => new(name, (draft, dice) =>
    {
        draft.Body = body(draft, dice);
        draft.Set("Content-Type", draft.Route.BodyMedia is { } expected && dice.Percent(50) ? expected : media);
    });

    private static Fault Multipart() => new("multipart", (draft, dice) =>
    {
        var disposition = dice.Of(
            "Content-Disposition: form-data; name=\"file\"; filename=\"a.csv\"", "Content-Disposition: form-data; name=\"file\"",
            "Content-Disposition: form-data", "Content-Disposition: x", "", "X",
            "Content-Disposition: form-data; name=\"file\"; filename=\"../../\0.csv\"",
            $"Content-Disposition: form-data; name=\"{new string('n', 5_000)}\"",
            "Content-Disposition: form-data; name=a; filename*=UTF-8''%ff%00",
            "Content-Type: text/plain; charset=utf-7\r\nContent-Disposition: form-data; name=\"a\"",
            "Content-Type: text/plain; charset=none-such\r\nContent-Disposition: form-data; name=\"a\"", new string('h', 20_000) + ": 1");
        var part = $"--{Boundary}\r\n{disposition}\r\n\r\n{Csv(dice)}\r\n";
        var text = dice.Of(
            $"{part}--{Boundary}--\r\n", $"{part}{part}--{Boundary}--\r\n", part, $"{part}--{Boundary}", $"--{Boundary}", $"--{Boundary}--",
            "", $"preamble{part}", part.Replace("\r\n", "\n", StringComparison.Ordinal),
            string.Concat(Enumerable.Repeat(part, 40)) + $"--{Boundary}--", $"--other\r\n\r\nx\r\n--other--\r\n",
            string.Concat(Enumerable.Repeat($"--{Boundary}\r\n\r\n\r\n", 2_000)));
        draft.Body = Encoding.UTF8.GetBytes(text);
        draft.Set("Content-Type", dice.Of(
            $"multipart/form-data; boundary={Boundary}", $"multipart/form-data; boundary=\"{Boundary}\"", "multipart/form-data",
            "multipart/form-data; boundary=", "multipart/form-data; boundary=\"\"", "multipart/form-data; boundary=other",
            $"multipart/form-data; boundary={new string('b', 500)}", "multipart/form-data; boundary=\"\\\"", "multipart/mixed; boundary=x",
            $"multipart/form-data; boundary={Boundary}; boundary=x", "multipart/form-data; boundary=a b",
            $"multipart/form-data; charset=utf-7; boundary={Boundary}"));
    });

    private static string Csv(SeededChoices dice) =>
        string.Join(dice.Of("\n", "\r\n", "\r"), Enumerable.Range(0, dice.Below(8)).Select(_ => dice.Of(Rows)).Prepend(dice.Of(Heads)));

    private static byte[] Webhook(RequestSpec draft, SeededChoices dice, string suffix)
    {
        var account = dice.Of(
            draft.World.AccountSid, "AC" + dice.Hex(16), "", "AC1", "%00", new string('A', 64), new string('A', 65), "%F0%9F%98%80");
        var kind = dice.Of(
            "&MessageSid=SM1&Body=Bonjour&From=whatsapp%3A%2B224620000001", "&MessageStatus=delivered&MessageSid=SM2",
            "&SmsStatus=nonsense", "&NumMedia=99999999999", "&NumMedia=-1&MediaUrl0=file%3A%2F%2F", "");
        return Encoding.Latin1.GetBytes(SeededChoices.Utf8($"AccountSid={account}{kind}{suffix}"));
    }

    private static byte[] Gzip(byte[] plain)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(plain);
        }

        return compressed.ToArray();
    }
}
