using System.Xml.Linq;
using FsCheck;
using FsCheck.Fluent;
using Twilio.TwiML;

namespace LocalPackages.Tests.Twilio;

public sealed class MessagingResponseTests
{
    [Fact]
    public void An_empty_answer_is_an_empty_response_after_the_declaration() =>
        Assert.Equal("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<Response></Response>", new MessagingResponse().ToString().ReplaceLineEndings("\n"));

    [Fact]
    public void A_message_carries_its_attributes_and_media()
    {
        var message = new global::Twilio.TwiML.Messaging.Message(to: "+15145550100", statusCallback: new Uri("https://example.org/s?a=1&b=2"));
        message.Body("photo").Media(new Uri("https://example.org/a b.png"));
        var xml = XDocument.Parse(new MessagingResponse().Append(message).ToString()).Root!.Element("Message")!;
        Assert.Equal("+15145550100", xml.Attribute("to")!.Value);
        Assert.Equal("https://example.org/s?a=1&b=2", xml.Attribute("statusCallback")!.Value);
        Assert.Equal("photo", xml.Element("Body")!.Value);
        Assert.Equal("https://example.org/a b.png", xml.Element("Media")!.Value);
    }

    [Fact]
    public void Any_text_survives_as_well_formed_xml()
    {
        var texts = Gen.Elements("a", "é", "<", ">", "&", "\"", "'", "👋", " ", "]]>", "&amp;", "+", "%").ArrayOf().Select(string.Concat);
        Prop.ForAll(texts.ToArbitrary(), text =>
            XDocument.Parse(new MessagingResponse().Message(text).ToString(), LoadOptions.PreserveWhitespace).Root!.Element("Message")!.Value == text)
            .QuickCheckThrowOnFailure();
    }
}
