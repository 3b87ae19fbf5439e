using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Azure.Storage.Queues.Models;
using Microsoft.Azure.Functions.Worker.Hosting;
using Microsoft.Azure.Functions.Worker.Hosting.Execution;

namespace Microsoft.Azure.Functions.Worker.Queues;

/// <summary>A queue message as the input of an invocation.</summary>
internal static class QueueTrigger
{
    public static Invocation Invocation(QueueMessage message, byte[] body, JsonSerializerOptions json)
    {
        var text = Encoding.UTF8.GetString(body);
        return new Invocation((parameter, _) => Bind(parameter, message, body, text, json), new Dictionary<string, object?>
        {
            ["QueueTrigger"] = text,
            ["Id"] = message.MessageId,
            ["PopReceipt"] = message.PopReceipt,
            ["DequeueCount"] = message.DequeueCount.ToString(CultureInfo.InvariantCulture),
            ["InsertionTime"] = Quoted(message.InsertedOn),
            ["ExpirationTime"] = Quoted(message.ExpiresOn),
            ["NextVisibleTime"] = Quoted(message.NextVisibleOn),
        });
    }

    private static object? Bind(ParameterInfo parameter, QueueMessage message, byte[] body, string text, JsonSerializerOptions json)
    {
        var type = parameter.ParameterType;
        if (type == typeof(byte[]))
        {
            return body;
        }

        if (type == typeof(BinaryData))
        {
            return new BinaryData(body);
        }

        return type == typeof(QueueMessage) ? Decoded(message, body) : InputConversion.Convert(text, type, json);
    }

    private static QueueMessage Decoded(QueueMessage message, byte[] body) => new()
    {
        MessageId = message.MessageId,
        PopReceipt = message.PopReceipt,
        Body = new BinaryData(body),
        DequeueCount = message.DequeueCount,
        InsertedOn = message.InsertedOn,
        ExpiresOn = message.ExpiresOn,
        NextVisibleOn = message.NextVisibleOn,
    };

    /// <summary>Times are JSON in the binding data of the published worker.</summary>
    private static string? Quoted(DateTimeOffset? time) => time is { } value ? $"\"{value:yyyy-MM-ddTHH:mm:sszzz}\"" : null;
}
