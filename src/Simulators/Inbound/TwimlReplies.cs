using System.Xml;
using System.Xml.Linq;

namespace Relais.Simulators;

/// <summary>Reads the replies in a webhook's answer.</summary>
internal static class TwimlReplies
{
    /// <summary>Returns the texts of the messages in a TwiML answer, ten at most; empty when the body is not TwiML.</summary>
    public static IReadOnlyList<string> Of(string body)
    {
        if (string.IsNullOrWhiteSpace(body))
        {
            return [];
        }

        try
        {
            return [.. XDocument.Parse(body, LoadOptions.PreserveWhitespace).Root?.Elements("Message").Select(Text).Take(10) ?? []];
        }
        catch (XmlException)
        {
            return [];
        }
    }

    private static string Text(XElement message) =>
        message.Element("Body")?.Value ?? string.Concat(message.Nodes().OfType<XText>().Select(text => text.Value));
}
