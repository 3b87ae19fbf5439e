using System.Globalization;
using System.Text;
using System.Xml.Linq;
using Azure.Storage.Queues.Models;

namespace Azure.Storage.Queues.Wire;

/// <summary>The XML bodies of the queue service.</summary>
internal static class QueueXml
{
    public static byte[] Message(BinaryData body, QueueMessageEncoding encoding)
    {
        var text = encoding == QueueMessageEncoding.Base64 ? Convert.ToBase64String(body.ToMemory().Span) : body.ToString();
        var element = new XElement("QueueMessage", new XElement("MessageText", text));
        return Encoding.UTF8.GetBytes(element.ToString(SaveOptions.DisableFormatting));
    }

    public static QueueMessage[] Received(BinaryData xml, QueueMessageEncoding encoding) => Read(xml, item => new QueueMessage
    {
        MessageId = Text(item, "MessageId"),
        PopReceipt = Text(item, "PopReceipt"),
        Body = Body(item, encoding),
        NextVisibleOn = Time(item, "TimeNextVisible"),
        InsertedOn = Time(item, "InsertionTime"),
        ExpiresOn = Time(item, "ExpirationTime"),
        DequeueCount = Count(item),
    });

    public static PeekedMessage[] Peeked(BinaryData xml, QueueMessageEncoding encoding) => Read(xml, item => new PeekedMessage
    {
        MessageId = Text(item, "MessageId"),
        Body = Body(item, encoding),
        InsertedOn = Time(item, "InsertionTime"),
        ExpiresOn = Time(item, "ExpirationTime"),
        DequeueCount = Count(item),
    });

    public static SendReceipt Sent(BinaryData xml) => Read(xml, item => new SendReceipt
    {
        MessageId = Text(item, "MessageId"),
        PopReceipt = Text(item, "PopReceipt"),
        TimeNextVisible = Time(item, "TimeNextVisible"),
        InsertionTime = Time(item, "InsertionTime"),
        ExpirationTime = Time(item, "ExpirationTime"),
    })[0];

    /// <summary>Code and message of an error body; null where the body is not the service's XML.</summary>
    public static (string Code, string Message)? Error(BinaryData body)
    {
        try
        {
            var root = Parse(body);
            return root.Name.LocalName == "Error" ? (Text(root, "Code"), Text(root, "Message")) : null;
        }
        catch (System.Xml.XmlException)
        {
            return null;
        }
    }

    private static T[] Read<T>(BinaryData xml, Func<XElement, T> read) => [.. Parse(xml).Elements("QueueMessage").Select(read)];

    private static XElement Parse(BinaryData xml)
    {
        using var stream = xml.ToStream();
        return XElement.Load(stream, LoadOptions.PreserveWhitespace);
    }

    private static BinaryData Body(XElement item, QueueMessageEncoding encoding)
    {
        var text = Text(item, "MessageText");
        return encoding == QueueMessageEncoding.Base64 ? new BinaryData(Convert.FromBase64String(text)) : new BinaryData(text);
    }

    private static string Text(XElement item, string name) => item.Element(name)?.Value ?? "";

    private static long Count(XElement item) => long.Parse(Text(item, "DequeueCount"), CultureInfo.InvariantCulture);

    private static DateTimeOffset Time(XElement item, string name) =>
        DateTimeOffset.Parse(Text(item, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
