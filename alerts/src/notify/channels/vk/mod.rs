//! Messages of a VK community (<https://dev.vk.com/ru/method/messages.send>, version 5.199).

mod answer;
mod community;

#[cfg(test)]
pub mod tests;

pub use answer::parse_answer;
pub use community::Vk;
