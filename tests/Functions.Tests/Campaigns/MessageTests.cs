using Relais.Campaigns;
using Relais.Campaigns.Messages;

namespace Functions.Tests.Campaigns;

public sealed class MessageTests
{
    private static readonly Dictionary<string, string> Awa = new() { ["first_name"] = "Awa", ["last_name"] = "", ["quartier"] = "{{nom}}" };

    [Theory]
    [InlineData("Bonjour", "Bonjour")]
    [InlineData("Bonjour {{first_name}} !", "Bonjour Awa !")]
    [InlineData("{{ Prénom }}{{PRENOM}}", "AwaAwa")]
    [InlineData("{{last_name|client}}", "client")]
    [InlineData("{{ last_name | cher client }}", "cher client")]
    [InlineData("{{last_name|}}", "")]
    [InlineData("{{inconnu|x}}", "x")]
    [InlineData("{{quartier}}", "{{nom}}")]
    [InlineData("a { b } c }} d", "a { b } c }} d")]
    public void Placeholders_are_replaced_once(string text, string expected) =>
        Assert.Equal(expected, TextTemplate.Parse(text).Render(Awa, out _));

    [Fact]
    public void A_missing_value_is_named()
    {
        Assert.Null(TextTemplate.Parse("{{first_name}} {{Nom de famille}}").Render(Awa, out var missing));
        Assert.Equal("last_name", missing);
    }

    [Theory]
    [InlineData("{{first_name", "the placeholder at character 1 has no end")]
    [InlineData("a {{}} b", "the placeholder at character 3 names no field")]
    [InlineData("{{ | client}}", "the placeholder at character 1 names no field")]
    [InlineData("{{{first_name}}}", "the placeholder at character 1 names no field")]
    public void A_malformed_placeholder_is_a_fault(string text, string fault) => Assert.Equal([fault], TextTemplate.Parse(text).Faults);

    [Fact]
    public void Template_variables_are_json_in_a_fixed_order()
    {
        var content = new MessageContent
        {
            Type = "template",
            ContentSid = "HX1",
            Variables = new Dictionary<string, TemplateVariable>
            {
                ["2"] = new(null, "dit \"oui\"\n"),
                ["1"] = new("first_name", null),
                ["10"] = new("last_name|client", null),
            },
        };

        var rendered = new MessageRenderer(content, "whatsapp").Render(Awa);

        Assert.Equal("""{"1":"Awa","10":"client","2":"dit \"oui\"\n"}""", rendered.ContentVariables);
        Assert.Equal(("HX1", null, 1, null), (rendered.ContentSid, rendered.Body, rendered.Units, rendered.Fault));
    }

    [Fact]
    public void A_missing_field_skips_only_that_contact()
    {
        var renderer = new MessageRenderer(new MessageContent { Type = "text", Body = "{{code}}" }, "whatsapp");

        Assert.Equal("missing_variable:code", renderer.Render(Awa).Fault);
        Assert.Equal("text_too_long", renderer.Render(new Dictionary<string, string> { ["code"] = new('x', 1_601) }).Fault);
        Assert.Null(renderer.Render(new Dictionary<string, string> { ["code"] = new('x', 1_600) }).Fault);
    }
}
